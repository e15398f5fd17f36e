/* SPDX-License-Identifier: ISC */
#include "fmt/quote.h"
#include "mta/remote/remote.h"
#include "mta/remote/remote_session.h"

/* One conversation. The texts that others look for in logs and bounces stand
 * in smtp.md 2.2. */

enum {
	CODE_ERROR = 400,
	CODE_PERMANENT = 500,
	/* recipients put before their replies are read: more could fill the
	 * buffers of both sides, and neither would read */
	PIPELINE_MAX = 50,
};

static char
letter_of(unsigned code)
{
	return code >= CODE_PERMANENT ? 'D' : 'Z';
}

/* The message report with what the server said. */
static void
report_reply(struct remote_session *s, char letter, const char *before,
    const char *after)
{
	struct str *out = &s->r->report;

	str_putc(out, letter);
	str_put_cstr(out, before);
	str_put(out, str_span(&s->name));
	str_put_cstr(out, after);
	str_put_cstr(out, "\nRemote host said: ");
	str_put(out, str_span(&s->reply.text));
	str_putc(out, '\0');
}

static enum remote_end
greet(struct remote_session *s)
{
	if (remote_session_reply(s) == -1)
		return REMOTE_NEXT;
	if (s->reply.code == 220)
		return REMOTE_FINAL;
	report_reply(s, 'Z', "Connected to ", " but greeting failed.");
	remote_session_quit(s);
	return s->reply.code >= CODE_PERMANENT ? REMOTE_REFUSED : REMOTE_NEXT;
}

static int
say_hello(struct remote_session *s, const char *verb)
{
	struct span name = {0};
	struct ip ignored;

	if (!remote_find_binding(&s->r->config.bindings, s->r->sender, &ignored,
	        &name) ||
	    name.n == 0)
		name = str_span(&s->r->config.helohost);
	remote_session_put(s, verb);
	remote_session_put_span(s, name);
	remote_session_put(s, "\r\n");
	return remote_session_exchange(s);
}

/* EHLO, and HELO where that is not understood. REMOTE_FINAL: go on. */
static enum remote_end
introduce(struct remote_session *s)
{
	if (say_hello(s, "EHLO ") == -1)
		return REMOTE_NEXT;
	if (s->reply.code == 250) {
		s->has_pipelining =
		    smtp_reply_offers(&s->reply, SPAN("PIPELINING"));
		s->has_size = smtp_reply_offers(&s->reply, SPAN("SIZE"));
		s->has_8bitmime =
		    smtp_reply_offers(&s->reply, SPAN("8BITMIME"));
		return REMOTE_FINAL;
	}
	if (s->reply.code != 421 && say_hello(s, "HELO ") == -1)
		return REMOTE_NEXT;
	if (s->reply.code == 250)
		return REMOTE_FINAL;
	report_reply(s, 'Z', "Connected to ", " but my name was rejected.");
	remote_session_quit(s);
	return REMOTE_NEXT;
}

static int
put_mail(struct remote_session *s)
{
	struct remote_message m;

	if (remote_message_examine(s->r->message, s->has_8bitmime, &m) == -1) {
		remote_report(s->r, 'Z', "Cannot read the message. (#4.3.0)");
		return -1;
	}
	remote_session_put(s, "MAIL FROM:<");
	remote_session_put_mailbox(s, s->r->sender);
	remote_session_put(s, ">");
	if (m.has_8bit)
		remote_session_put(s, " BODY=8BITMIME");
	if (s->has_size && m.has_size) {
		remote_session_put(s, " SIZE=");
		str_put_i64(&s->out, m.size);
	}
	remote_session_put(s, "\r\n");
	return 0;
}

/* Puts the next recipients: one, or with pipelining as many as may go at once,
 * and DATA behind the last. */
static void
put_recipients(struct remote_session *s)
{
	size_t left = s->r->recipient_count - s->recipients_put;
	size_t n = s->has_pipelining ? PIPELINE_MAX : 1;

	for (n = n < left ? n : left; n > 0; n--) {
		const char *recipient = s->r->recipients[s->recipients_put++];

		remote_session_put(s, "RCPT TO:<");
		remote_session_put_mailbox(s, span_cstr(recipient));
		remote_session_put(s, ">\r\n");
	}
	if (s->has_pipelining && s->recipients_put == s->r->recipient_count) {
		remote_session_put(s, "DATA\r\n");
		s->is_data_put = true;
	}
}

/* The report is complete, but DATA has gone out already: where the server waits
 * for a message now, an empty one to nobody lets it go on. */
static void
undo_data(struct remote_session *s)
{
	if (!s->is_data_put || !remote_session_finish(s, 1) ||
	    s->reply.code != 354)
		return;
	remote_session_put(s, ".\r\n");
	(void)remote_session_finish(s, 1); /* whatever it says */
}

/* 0: accepted. -1: the report is complete. */
static int
send_mail(struct remote_session *s)
{
	if (put_mail(s) == -1)
		return -1;
	if (s->has_pipelining)
		put_recipients(s);
	if (remote_session_exchange(s) == -1)
		return -1;
	if (s->reply.code < CODE_ERROR)
		return 0;
	report_reply(s, letter_of(s->reply.code), "Connected to ",
	    " but sender was rejected.");
	if (remote_session_finish(s, s->recipients_put))
		undo_data(s);
	return -1;
}

static void
report_recipient(struct remote_session *s)
{
	struct str *out = &s->r->report;

	if (s->reply.code < CODE_ERROR) {
		str_put(out, SPAN("r\0"));
		return;
	}
	str_putc(out, s->reply.code >= CODE_PERMANENT ? 'h' : 's');
	str_put(out, str_span(&s->name));
	str_put_cstr(out, " does not like recipient.\nRemote host said: ");
	str_put(out, str_span(&s->reply.text));
	str_putc(out, '\0');
}

/* Number of recipients accepted; -1: the report is complete. */
static ssize_t
send_recipients(struct remote_session *s)
{
	ssize_t accepted = 0;

	for (size_t i = 0; i < s->r->recipient_count; i++) {
		if (i == s->recipients_put)
			put_recipients(s);
		if (remote_session_exchange(s) == -1)
			return -1;
		report_recipient(s);
		if (s->reply.code < CODE_ERROR)
			accepted++;
	}
	return accepted;
}

static void
give_up(struct remote_session *s)
{
	remote_report_name(s->r, 'D', "Giving up on ", str_span(&s->name), ".");
}

/* 0: the server waits for the message. -1: the report is complete. */
static int
send_data_command(struct remote_session *s, bool has_recipient)
{
	if (!has_recipient) {
		give_up(s);
		undo_data(s);
		return -1;
	}
	if (!s->is_data_put)
		remote_session_put(s, "DATA\r\n");
	if (remote_session_exchange(s) == -1)
		return -1;
	if (s->reply.code == 354)
		return 0;
	if (s->reply.code < CODE_ERROR)
		report_reply(s, 'Z', "",
		    " answered DATA with no 354. (#4.5.0)");
	else
		report_reply(s, letter_of(s->reply.code), "",
		    " failed on DATA command.");
	return -1;
}

static void
send_message(struct remote_session *s)
{
	if (remote_session_send_body(s) == -1)
		return;
	if (remote_session_exchange(s) == -1)
		return;
	if (s->reply.code >= CODE_ERROR)
		report_reply(s, letter_of(s->reply.code), "",
		    " failed after I sent the message.");
	else
		report_reply(s, 'K', "", " accepted message.");
}

static void
transact(struct remote_session *s)
{
	ssize_t accepted;

	if (send_mail(s) == -1)
		return;
	accepted = send_recipients(s);
	if (accepted == -1)
		return;
	if (send_data_command(s, accepted > 0) == 0)
		send_message(s);
}

enum remote_end
remote_smtp(struct remote *r, int fd, const struct ip *ip)
{
	struct remote_session s;
	enum remote_end end;

	if (remote_session_open(&s, r, fd, ip) == -1) {
		remote_report(r, 'Z', "Out of memory. (#4.3.0)");
		return REMOTE_FINAL;
	}
	end = greet(&s);
	if (end == REMOTE_FINAL)
		end = introduce(&s);
	if (end == REMOTE_FINAL) {
		transact(&s);
		remote_session_quit(&s);
	}
	remote_session_close(&s);
	return end;
}
