/* SPDX-License-Identifier: ISC */
#include "mta/smtpd/smtpd.h"

#include <stdlib.h>

#include "base/num.h"
#include "fmt/smtp_command.h"
#include "mta/smtpd/smtpd_address.h"

enum smtpd_end
smtpd_no_memory(struct smtpd *s)
{
	smtpd_reply(s, "421 out of memory (#4.3.0)");
	return SMTPD_BROKEN;
}

void
smtpd_end_transaction(struct smtpd *s)
{
	s->has_sender = s->is_bad_sender = false;
	str_reset(&s->sender);
	str_reset(&s->recipients);
	s->recipient_count = 0;
}

static void
put_greeting(struct smtpd *s, const char *code, const char *tail)
{
	str_put_cstr(&s->reply, code);
	str_put(&s->reply, str_span(&s->config.greeting));
	smtpd_reply(s, tail);
}

static void
say_hello(struct smtpd *s, struct span name, bool is_esmtp)
{
	smtpd_end_transaction(s);
	str_reset(&s->helo);
	str_put(&s->helo, name);
	s->is_esmtp = is_esmtp;
	if (!is_esmtp) {
		put_greeting(s, "250 ", "");
		return;
	}
	put_greeting(s, "250-", "");
	smtpd_reply(s, "250-PIPELINING");
	smtpd_reply(s, "250-8BITMIME");
	str_put(&s->reply, SPAN("250 SIZE "));
	str_put_u64(&s->reply, s->config.databytes);
	smtpd_reply(s, "");
}

static bool
is_announced_too_big(const struct smtpd *s, struct span parameters)
{
	struct span value;
	uint64_t size;

	return s->config.databytes != 0 &&
	       smtp_param_find(parameters, SPAN("SIZE"), &value) &&
	       num_take_u64(&value, UINT64_MAX, &size) &&
	       size > s->config.databytes;
}

static void
begin_transaction(struct smtpd *s, struct str *sender)
{
	smtpd_end_transaction(s);
	str_free(&s->sender);
	s->sender = *sender;
	*sender = (struct str){0};
	s->has_sender = true;
	s->is_bad_sender =
	    accept_is_bad_sender(&s->config.accept, str_span(&s->sender));
	smtpd_reply(s, "250 ok");
}

static enum smtpd_end
do_mail(struct smtpd *s, struct span argument)
{
	struct smtpd_address a = {.may_be_empty = true};

	switch (smtpd_address_read(s, argument, &a)) {
	case SMTPD_ADDRESS_BROKEN:
		smtpd_address_free(&a);
		return SMTPD_BROKEN;
	case SMTPD_ADDRESS_REFUSED:
		break;
	case SMTPD_ADDRESS_OK:
		if (is_announced_too_big(s, a.parameters)) {
			smtpd_reply(s, "552 larger than this server accepts "
			               "(#5.3.4)");
			smtpd_log_reject(s, 552, "mail", (struct span){0});
			break;
		}
		begin_transaction(s, &a.text);
		break;
	}
	smtpd_address_free(&a);
	return SMTPD_GO_ON;
}

static enum smtpd_end
refuse_recipient(struct smtpd *s, unsigned code, const char *reply,
    const struct str *recipient)
{
	smtpd_reply(s, reply);
	smtpd_log_reject(s, code, "rcpt", str_span(recipient));
	return SMTPD_GO_ON;
}

static enum smtpd_end
add_recipient(struct smtpd *s, const struct str *recipient)
{
	if (s->recipients.n + recipient->n + 2 > SMTPD_ENVELOPE_MAX)
		return refuse_recipient(s, 452,
		    "452 too many recipients (#4.5.3)", recipient);
	str_put(&s->recipients, str_span(recipient));
	str_putc(&s->recipients, '\0');
	s->recipient_count++;
	smtpd_reply(s, "250 ok");
	return SMTPD_GO_ON;
}

static bool
is_unknown(const struct smtpd *s, struct span recipient)
{
	struct rcptcheck_found found = {0};
	bool unknown;

	if (!s->config.has_rcptcheck)
		return false;
	unknown = rcptcheck_find(&s->config.rcptcheck, recipient, &found) ==
	          RCPTCHECK_UNKNOWN;
	rcptcheck_found_free(&found);
	return unknown;
}

static enum smtpd_end
check_recipient(struct smtpd *s, struct str *recipient)
{
	int ours;

	if (s->is_bad_sender)
		return refuse_recipient(s, 553,
		    "553 this sender is on the list of refused ones (#5.7.1)",
		    recipient);
	if (s->config.relayclient != NULL) {
		str_put_cstr(recipient, s->config.relayclient);
		return add_recipient(s, recipient);
	}
	ours = accept_is_ours(&s->config.accept, str_span(recipient), NULL);
	if (ours == -1) {
		smtpd_reply(s, "421 unable to read controls (#4.3.0)");
		return SMTPD_BROKEN;
	}
	if (ours == 0)
		return refuse_recipient(s, 553,
		    "553 that domain is not accepted here (#5.7.1)", recipient);
	if (is_unknown(s, str_span(recipient)))
		return refuse_recipient(s, 550,
		    "550 there is no mailbox of that name here (#5.1.1)",
		    recipient);
	return add_recipient(s, recipient);
}

static enum smtpd_end
do_rcpt(struct smtpd *s, struct span argument)
{
	struct smtpd_address a = {.may_be_empty = s->config.lax};
	enum smtpd_end end = SMTPD_GO_ON;

	if (!s->has_sender) {
		smtpd_reply(s, "503 MAIL comes first (#5.5.1)");
		return SMTPD_GO_ON;
	}
	switch (smtpd_address_read(s, argument, &a)) {
	case SMTPD_ADDRESS_BROKEN:
		end = SMTPD_BROKEN;
		break;
	case SMTPD_ADDRESS_REFUSED:
		break;
	case SMTPD_ADDRESS_OK:
		end = check_recipient(s, &a.text);
		if (!str_ok(&a.text))
			end = smtpd_no_memory(s);
		break;
	}
	smtpd_address_free(&a);
	return end;
}

static enum smtpd_end
do_data(struct smtpd *s)
{
	if (!s->has_sender) {
		smtpd_reply(s, "503 MAIL comes first (#5.5.1)");
		return SMTPD_GO_ON;
	}
	if (s->recipient_count == 0) {
		smtpd_reply(s, "503 RCPT comes first (#5.5.1)");
		return SMTPD_GO_ON;
	}
	return smtpd_data(s);
}

/* A client that goes on sending what is no command is no mail client. */
static enum smtpd_end
refuse_command(struct smtpd *s, const char *reply)
{
	if (++s->bad_commands > SMTPD_BAD_COMMANDS) {
		smtpd_reply(s, "421 too many unknown commands (#4.7.0)");
		return SMTPD_BROKEN;
	}
	smtpd_reply(s, reply);
	return SMTPD_GO_ON;
}

static enum smtpd_end
do_command(struct smtpd *s, struct span line)
{
	struct span argument;

	switch (smtp_command_parse(line, &argument)) {
	case SMTP_HELO:
		say_hello(s, argument, false);
		return SMTPD_GO_ON;
	case SMTP_EHLO:
		say_hello(s, argument, true);
		return SMTPD_GO_ON;
	case SMTP_MAIL:
		return do_mail(s, argument);
	case SMTP_RCPT:
		return do_rcpt(s, argument);
	case SMTP_DATA:
		return do_data(s);
	case SMTP_RSET:
		smtpd_end_transaction(s);
		smtpd_reply(s, "250 flushed");
		return SMTPD_GO_ON;
	case SMTP_NOOP:
		smtpd_reply(s, "250 ok");
		return SMTPD_GO_ON;
	case SMTP_VRFY:
		smtpd_reply(s, "252 send some mail, delivery will be tried");
		return SMTPD_GO_ON;
	case SMTP_HELP:
		smtpd_reply(s, "214 qward, see qmail-smtpd(8)");
		return SMTPD_GO_ON;
	case SMTP_QUIT:
		put_greeting(s, "221 ", "");
		return SMTPD_QUIT;
	case SMTP_UNKNOWN:
		break;
	}
	return refuse_command(s, "502 no such command (#5.5.1)");
}

static enum smtpd_end
do_line(struct smtpd *s, struct span line, bool fits)
{
	if (!fits) {
		if (++s->long_lines > SMTPD_LONG_LINES) {
			smtpd_reply(s, "421 too many long lines (#4.7.0)");
			return SMTPD_BROKEN;
		}
		smtpd_reply(s, "500 the line is too long (#5.5.2)");
		return SMTPD_GO_ON;
	}
	if (span_find(line, '\0', 0) < line.n)
		return refuse_command(s, "501 NUL in a command (#5.5.4)");
	return do_command(s, line);
}

/* Everything that was stored must have found memory before we go on. */
static bool
has_memory(const struct smtpd *s)
{
	return str_ok(&s->helo) && str_ok(&s->sender) && str_ok(&s->recipients);
}

enum smtpd_end
smtpd_serve(struct smtpd *s)
{
	enum smtpd_end end = SMTPD_GO_ON;
	struct str line = {0};
	bool fits;

	str_put(&s->helo, s->config.peer.host);
	put_greeting(s, "220 ", " ESMTP");
	while (end == SMTPD_GO_ON) {
		end = smtpd_read_line(s, &line, &fits);
		if (end == SMTPD_GO_ON)
			end = do_line(s, str_span(&line), fits);
		if (end == SMTPD_GO_ON && !has_memory(s))
			end = smtpd_no_memory(s);
	}
	if (smtpd_flush(s) != SMTPD_GO_ON)
		end = SMTPD_BROKEN;
	str_free(&line);
	return end;
}
