/* SPDX-License-Identifier: ISC */
#include "mta/remote/remote_session.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/fd.h"
#include "fmt/quote.h"
#include "fmt/smtp_data.h"
#include "net/tcp.h"

int
remote_session_open(struct remote_session *s, struct remote *r, int fd,
    const struct ip *ip)
{
	*s = (struct remote_session){.r = r, .fd = fd};
	s->buf = malloc(SESSION_BUFFER);
	if (s->buf == NULL)
		return -1;
	ip_put(&s->name, ip);
	return 0;
}

void
remote_session_close(struct remote_session *s)
{
	free(s->buf);
	str_free(&s->name);
	str_free(&s->out);
	smtp_reply_free(&s->reply);
}

void
remote_session_put(struct remote_session *s, const char *text)
{
	str_put_cstr(&s->out, text);
}

void
remote_session_put_span(struct remote_session *s, struct span bytes)
{
	str_put(&s->out, bytes);
}

void
remote_session_put_mailbox(struct remote_session *s, struct span mailbox)
{
	/* without a host it is sent as it is */
	if (quote_find_at(mailbox) == mailbox.n)
		str_put(&s->out, mailbox);
	else
		quote_put_mailbox(&s->out, mailbox);
}

/* How a conversation can fail. */
enum trouble { TROUBLE_NONE, TROUBLE_DIED, TROUBLE_NONSENSE, TROUBLE_MEMORY };

static int
report_died(struct remote_session *s)
{
	struct str *out = &s->r->report;

	str_put_cstr(out, "ZConnected to ");
	str_put(out, str_span(&s->name));
	str_put_cstr(out, " but connection died. ");
	if (s->is_sent)
		str_put_cstr(out, "Possible duplicate! ");
	str_put(out, SPAN("(#4.4.2)\n\0"));
	return -1;
}

/* 0 when there is none. */
static int
report(struct remote_session *s, enum trouble trouble)
{
	switch (trouble) {
	case TROUBLE_NONE:
		return 0;
	case TROUBLE_DIED:
		return report_died(s);
	case TROUBLE_NONSENSE:
		remote_report_name(s->r, 'Z', "What came from ",
		    str_span(&s->name),
		    s->is_sent ? " is no SMTP. Possible duplicate! (#4.5.0)"
		               : " is no SMTP. (#4.5.0)");
		return -1;
	case TROUBLE_MEMORY:
		break;
	}
	remote_report(s->r, 'Z', "Out of memory. (#4.3.0)");
	return -1;
}

static enum trouble
broken(struct remote_session *s, enum trouble trouble)
{
	s->is_broken = true;
	return trouble;
}

static enum trouble
flush(struct remote_session *s)
{
	int rc;

	if (!str_ok(&s->out))
		return broken(s, TROUBLE_MEMORY);
	if (s->out.n == 0)
		return TROUBLE_NONE;
	rc = tcp_write(s->fd, s->out.p, s->out.n, (int)s->r->config.timeout_s);
	str_reset(&s->out);
	return rc == -1 ? broken(s, TROUBLE_DIED) : TROUBLE_NONE;
}

static enum trouble
read_reply(struct remote_session *s)
{
	smtp_reply_reset(&s->reply);
	for (;;) {
		struct span bytes = {s->buf + s->at, s->end - s->at};
		ssize_t got;

		switch (smtp_reply_take(&s->reply, &bytes)) {
		case SMTP_REPLY_DONE:
			s->at = s->end - bytes.n;
			return TROUBLE_NONE;
		case SMTP_REPLY_BROKEN:
			return broken(s, TROUBLE_NONSENSE);
		case SMTP_REPLY_MORE:
			break;
		}
		got = tcp_read(s->fd, s->buf, SESSION_BUFFER,
		    (int)s->r->config.timeout_s);
		if (got <= 0)
			return broken(s, TROUBLE_DIED);
		s->at = 0;
		s->end = (size_t)got;
	}
}

int
remote_session_reply(struct remote_session *s)
{
	return report(s, read_reply(s));
}

int
remote_session_exchange(struct remote_session *s)
{
	if (report(s, flush(s)) == -1)
		return -1;
	return remote_session_reply(s);
}

bool
remote_session_finish(struct remote_session *s, size_t n)
{
	if (s->is_broken || flush(s) != TROUBLE_NONE)
		return false;
	while (n-- > 0) {
		if (read_reply(s) != TROUBLE_NONE)
			return false;
	}
	return true;
}

static int
report_unreadable(struct remote_session *s)
{
	s->is_broken = true;
	remote_report(s->r, 'Z', "Cannot read the message. (#4.3.0)");
	return -1;
}

int
remote_session_send_body(struct remote_session *s)
{
	struct smtp_encoder encoder = {0};
	char *text = malloc(SESSION_BUFFER);
	ssize_t got = -1;

	if (text != NULL) {
		while ((got = fd_read_some(s->r->message, text,
		            SESSION_BUFFER)) > 0) {
			smtp_encode(&encoder, (struct span){text, (size_t)got},
			    &s->out);
			if (s->out.n < SESSION_BUFFER)
				continue;
			if (report(s, flush(s)) == -1) {
				free(text);
				return -1;
			}
		}
	}
	free(text);
	if (got == -1)
		return report_unreadable(s);
	if (s->r->config.strict_eol && encoder.state != SMTP_SOL) {
		s->is_broken = true;
		remote_report(s->r, 'D',
		    "The last line of the message has no end. (#5.6.2)");
		return -1;
	}
	smtp_encode_end(&encoder, &s->out);
	s->is_sent = true;
	return report(s, flush(s));
}

void
remote_session_quit(struct remote_session *s)
{
	static const char quit[] = "QUIT\r\n";

	if (s->is_broken)
		return;
	/* the outcome is known; whether the server hears this is its affair */
	if (tcp_write(s->fd, quit, sizeof(quit) - 1, 1) == -1)
		s->is_broken = true;
}
