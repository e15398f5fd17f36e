/* SPDX-License-Identifier: ISC */
#include "mta/send/send_clean.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/array.h"
#include "base/fd.h"

int
send_clean_open(struct send_clean *c, int to, int from)
{
	*c = (struct send_clean){.to = to, .from = from};
	return fd_set_nonblocking(to) == 0 ? fd_set_nonblocking(from) : -1;
}

void
send_clean_free(struct send_clean *c)
{
	str_free(&c->out);
	free(c->asked);
	*c = (struct send_clean){.to = -1, .from = -1, .lost = true};
}

size_t
send_clean_waiting(const struct send_clean *c)
{
	return c->n_asked - c->asked_at;
}

bool
send_clean_ask(struct send_clean *c, enum clean_verb verb, uint64_t id)
{
	struct clean_msg m = {.verb = verb, .id = id};
	size_t start = c->out.n;

	if (!array_grow(&c->asked, &c->asked_cap, c->n_asked + 1,
	        sizeof(*c->asked)))
		return false;
	clean_msg_put(&c->out, &m);
	if (!str_ok(&c->out)) {
		c->out.failed = false; /* what was there is still whole */
		str_cut(&c->out, start);
		return false;
	}
	c->asked[c->n_asked++] = m;
	return true;
}

bool
send_clean_has_output(const struct send_clean *c)
{
	return !c->lost && c->out_at < c->out.n;
}

int
send_clean_flush(struct send_clean *c)
{
	if (c->lost)
		c->out_at = c->out.n; /* nobody reads it any more */
	return fd_flush(c->to, &c->out, &c->out_at);
}

/* Forgets what was handed out by the last call. */
static void
compact_asked(struct send_clean *c)
{
	size_t left = send_clean_waiting(c);

	if (left > 0)
		memmove(c->asked, c->asked + c->asked_at,
		    left * sizeof(*c->asked));
	c->n_asked = left;
	c->asked_at = 0;
}

int
send_clean_read(struct send_clean *c, char *answers, size_t max,
    const struct clean_msg **done, size_t *n)
{
	ssize_t got = fd_read_some(c->from, answers, max);

	*n = 0;
	if (got == -1 && errno == EAGAIN)
		return 0;
	if (got <= 0)
		return -1;
	compact_asked(c);
	*n = send_clean_waiting(c);
	if ((size_t)got < *n)
		*n = (size_t)got; /* more than asked for is ignored */
	*done = c->asked;
	c->asked_at = *n;
	return 0;
}

static void
wait_for(int fd, short events)
{
	struct pollfd p = {.fd = fd, .events = events};

	(void)poll(&p, 1, -1); /* the caller tries again in any case */
}

static bool
read_answers(struct send_clean *c, size_t n, char *answers)
{
	size_t at = 0;

	while (at < n) {
		ssize_t got = fd_read_some(c->from, answers + at, n - at);

		if (got > 0)
			at += (size_t)got;
		else if (got == -1 && errno == EAGAIN)
			wait_for(c->from, POLLIN);
		else
			return false;
	}
	return true;
}

bool
send_clean_exchange(struct send_clean *c, struct span requests, size_t n,
    char *answers)
{
	while (requests.n > 0) {
		ssize_t put = write(c->to, requests.p, requests.n);

		if (put >= 0)
			requests = span_from(requests, (size_t)put);
		else if (errno == EAGAIN)
			wait_for(c->to, POLLOUT);
		else if (errno != EINTR)
			return false;
	}
	return read_answers(c, n, answers);
}
