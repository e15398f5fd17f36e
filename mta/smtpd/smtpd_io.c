/* SPDX-License-Identifier: ISC */
#include "mta/smtpd/smtpd.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "fmt/smtp_command.h"

void
smtpd_reply(struct smtpd *s, const char *line)
{
	str_put_cstr(&s->reply, line);
	str_put(&s->reply, SPAN("\r\n"));
}

/* Waits until fd is ready, no longer than the timeout and the session may
 * last. */
static bool
wait_for(const struct smtpd *s, int fd, short events)
{
	struct pollfd p = {.fd = fd, .events = events};
	int64_t left_s = s->config.timeout_s;
	int rc;

	if (s->config.max_session_s != 0) {
		int64_t over = s->started + (int64_t)s->config.max_session_s -
		               clock_seconds();

		if (over < left_s)
			left_s = over;
	}
	if (left_s <= 0)
		return false;
	if (left_s > 86400)
		left_s = 86400; /* so that milliseconds fit */
	do {
		rc = poll(&p, 1, (int)(left_s * 1000));
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

		if (!wait_for(s, s->out, POLLOUT))
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
	if (!wait_for(s, s->in, POLLIN)) {
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
	if (line->n > 0 && line->p[line->n - 1] == '\r')
		str_cut(line, line->n - 1);
	if (line->n > SMTP_COMMAND_MAX)
		*fits = false;
	return str_ok(line) ? SMTPD_GO_ON : SMTPD_BROKEN;
}
