/* SPDX-License-Identifier: ISC */
#include "mta/smtpd/smtpd.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "fmt/smtp_command.h"

enum {
	SMTPD_WAIT_MAX_S = 86400, /* so that milliseconds fit an int */
	SMTPD_GOODBYE_MS = 5000,
};

void
smtpd_reply(struct smtpd *s, const char *line)
{
	str_put_cstr(&s->reply, line);
	str_put(&s->reply, SPAN("\r\n"));
}

/* What is left of the session in milliseconds, at most a day. */
static int64_t
time_left(const struct smtpd *s)
{
	const int64_t most = (int64_t)SMTPD_WAIT_MAX_S * 1000;
	int64_t left;

	if (s->config.max_session_s == 0)
		return most;
	left = s->started_ms + (int64_t)s->config.max_session_s * 1000 -
	       clock_monotonic_ms();
	if (left < 0)
		return 0;
	return left < most ? left : most;
}

/* Waits until fd is ready, no longer than the timeout and most_ms. */
static bool
wait_for(const struct smtpd *s, int fd, short events, int64_t most_ms)
{
	struct pollfd p = {.fd = fd, .events = events};
	int64_t wait_ms = (int64_t)s->config.timeout_s * 1000;
	int rc;

	if (wait_ms > most_ms)
		wait_ms = most_ms;
	do {
		rc = poll(&p, 1, (int)wait_ms);
	} while (rc == -1 && errno == EINTR);
	return rc > 0;
}

enum smtpd_end
smtpd_flush(struct smtpd *s)
{
	struct span left = str_span(&s->reply);

	if (!str_ok(&s->reply))
		return SMTPD_BROKEN;
	while (left.n > 0) {
		ssize_t put;

		/* the goodbye of a session that lasted too long may still
		 * take this long */
		if (!wait_for(s, s->out, POLLOUT,
		        time_left(s) + SMTPD_GOODBYE_MS))
			return SMTPD_BROKEN;
		put = write(s->out, left.p, left.n);
		if (put == -1 && errno != EINTR && errno != EAGAIN)
			return SMTPD_BROKEN;
		if (put > 0)
			left = span_from(left, (size_t)put);
	}
	str_reset(&s->reply);
	return SMTPD_GO_ON;
}

enum smtpd_end
smtpd_fill(struct smtpd *s)
{
	ssize_t got;

	if (s->at < s->end)
		return SMTPD_GO_ON;
	if (smtpd_flush(s) != SMTPD_GO_ON)
		return SMTPD_BROKEN;
	if (time_left(s) == 0 || !wait_for(s, s->in, POLLIN, time_left(s))) {
		smtpd_reply(s, "451 you are too slow (#4.4.2)");
		(void)!smtpd_flush(s); /* the session ends either way */
		return SMTPD_BROKEN;
	}
	got = fd_read_some(s->in, s->input, SMTPD_INPUT);
	if (got <= 0)
		return SMTPD_BROKEN;
	s->at = 0;
	s->end = (size_t)got;
	return SMTPD_GO_ON;
}

struct span
smtpd_unread(const struct smtpd *s)
{
	return (struct span){s->input + s->at, s->end - s->at};
}

enum smtpd_end
smtpd_read_line(struct smtpd *s, struct str *line, bool *fits)
{
	*fits = true;
	str_reset(line);
	for (;;) {
		struct span bytes;
		size_t lf;

		if (smtpd_fill(s) != SMTPD_GO_ON)
			return SMTPD_BROKEN;
		bytes = smtpd_unread(s);
		lf = span_find(bytes, '\n', 0);
		if (*fits)
			str_put(line, span_first(bytes, lf));
		/* one more byte, for the CR */
		if (line->n > SMTP_COMMAND_MAX + 1) {
			*fits = false;
			str_reset(line);
		}
		s->at += lf < bytes.n ? lf + 1 : bytes.n;
		if (lf < bytes.n)
			break;
	}
	if (!str_ok(line))
		return smtpd_no_memory(s);
	if (line->n > 0 && line->p[line->n - 1] == '\r')
		str_cut(line, line->n - 1);
	if (line->n > SMTP_COMMAND_MAX)
		*fits = false;
	return SMTPD_GO_ON;
}
