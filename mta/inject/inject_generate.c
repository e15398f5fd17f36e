/* SPDX-License-Identifier: ISC */
#include "mta/inject/inject_generate.h"

#include "fmt/date.h"
#include "fmt/quote.h"
#include "fmt/rfc822_field.h"
#include "fmt/rfc822_print.h"
#include "mta/inject/inject_followup.h"

/* Puts user and host together as an address and completes it. host_tokens
 * keeps the host's text and must outlive *out. host: NULL for the default. */
static int
make_address(struct inject *m, const struct rfc822_token *user,
    const char *host, struct rfc822_tokens *host_tokens,
    struct rfc822_tokens *out, struct err *e)
{
	enum rfc822_status status = RFC822_MEMORY;
	struct str text = {0};

	rfc822_tokens_put(out, user->kind, user->text);
	if (host != NULL) {
		str_putc(&text, '@');
		str_put_cstr(&text, host);
		if (str_ok(&text))
			status =
			    rfc822_tokens_parse(str_span(&text), host_tokens);
		str_free(&text);
		if (status == RFC822_BAD)
			return err_set(e, ERR_FORMAT,
			    "unable to parse the host name given in the "
			    "environment");
		if (status == RFC822_MEMORY)
			return inject_no_memory(e);
		rfc822_tokens_put_all(out, host_tokens);
	}
	rfc822_address_complete(out, &m->completion);
	return rfc822_tokens_ok(out) ? 0 : inject_no_memory(e);
}

static void
put_sender_user(const struct inject *m, struct str *out)
{
	str_put_cstr(out, m->env.sender_user);
	if (m->env.per_message) {
		str_putc(out, '-');
		str_put_i64(out, m->now);
		str_putc(out, '.');
		str_put_i64(out, m->pid);
	}
	if (m->env.per_recipient)
		str_putc(out, '-');
}

int
inject_generate_sender(struct inject *m, struct err *e)
{
	struct rfc822_tokens host = {0}, address = {0};
	struct rfc822_token user = {.kind = RFC822_QUOTED};
	struct str text = {0};
	int rc;

	if (m->has_sender)
		return 0;
	put_sender_user(m, &text);
	user.text = str_span(&text);
	rc = make_address(m, &user, m->env.sender_host, &host, &address, e);
	if (rc == 0) {
		m->has_sender = true;
		rfc822_address_put_raw(&m->sender, &address);
		if (m->env.per_recipient)
			str_put(&m->sender, SPAN("-@[]"));
		if (!str_ok(&text) || !str_ok(&m->sender))
			rc = inject_no_memory(e);
	}
	rfc822_tokens_free(&host);
	rfc822_tokens_free(&address);
	str_free(&text);
	return rc;
}

static void
put_from_tokens(const struct inject *m, const struct rfc822_tokens *address,
    struct rfc822_tokens *out)
{
	struct span name = span_cstr(m->env.name);

	if (m->env.name == NULL) {
		rfc822_tokens_put_all(out, address);
	} else if (m->env.name_as_comment) {
		rfc822_tokens_put_all(out, address);
		rfc822_tokens_put(out, RFC822_COMMENT, name);
	} else {
		rfc822_tokens_put(out, RFC822_QUOTED, name);
		rfc822_tokens_put(out, RFC822_LEFT, (struct span){0});
		rfc822_tokens_put_all(out, address);
		rfc822_tokens_put(out, RFC822_RIGHT, (struct span){0});
	}
}

static int
put_from(struct inject *m, struct span field_name, struct str *out,
    struct err *e)
{
	struct rfc822_tokens host = {0}, address = {0}, field = {0};
	struct rfc822_token user = {.kind = RFC822_ATOM,
	    .text = span_cstr(m->env.user)};
	int rc;

	if (quote_is_needed(user.text))
		user.kind = RFC822_QUOTED;
	rc = make_address(m, &user, m->env.host, &host, &address, e);
	if (rc == 0) {
		rfc822_tokens_put(&field, RFC822_ATOM, field_name);
		rfc822_tokens_put(&field, RFC822_COLON, (struct span){0});
		put_from_tokens(m, &address, &field);
		rfc822_print(out, &field);
		if (!rfc822_tokens_ok(&field))
			rc = inject_no_memory(e);
	}
	rfc822_tokens_free(&host);
	rfc822_tokens_free(&address);
	rfc822_tokens_free(&field);
	return rc;
}

static void
put_message_id(const struct inject *m, struct str *out)
{
	str_put(out, SPAN("Message-ID: <"));
	date_put_stamp(out, m->now);
	str_putc(out, '.');
	str_put_i64(out, m->pid);
	str_put(out, SPAN(".qmail@"));
	str_put(out, str_span(&m->idhost));
	str_put(out, SPAN(">\n"));
}

static void
put_date(const struct inject *m, struct str *out)
{
	str_put(out, SPAN("Date: "));
	date_put_822(out, m->now);
	str_putc(out, '\n');
}

static bool
has_seen(const struct inject *m, enum rfc822_field f)
{
	return (m->seen >> f & 1U) != 0;
}

static const struct span no_recipients =
    SPAN_INIT("Cc: recipient list not shown: ;\n");

static int
put_resent(struct inject *m, struct str *out, struct err *e)
{
	static const struct span resent = SPAN_INIT("Resent-");

	if (!has_seen(m, RFC822_FIELD_RESENT_DATE)) {
		str_put(out, resent);
		put_date(m, out);
	}
	if (!has_seen(m, RFC822_FIELD_RESENT_MESSAGE_ID)) {
		str_put(out, resent);
		put_message_id(m, out);
	}
	if (!has_seen(m, RFC822_FIELD_RESENT_FROM) &&
	    put_from(m, SPAN("Resent-From"), out, e) == -1)
		return -1;
	if (!has_seen(m, RFC822_FIELD_RESENT_TO) &&
	    !has_seen(m, RFC822_FIELD_RESENT_CC)) {
		str_put(out, resent);
		str_put(out, no_recipients);
	}
	return 0;
}

static int
put_original(struct inject *m, struct str *out, struct err *e)
{
	if (!has_seen(m, RFC822_FIELD_DATE))
		put_date(m, out);
	if (!has_seen(m, RFC822_FIELD_MESSAGE_ID))
		put_message_id(m, out);
	if (!has_seen(m, RFC822_FIELD_FROM) &&
	    put_from(m, SPAN("From"), out, e) == -1)
		return -1;
	if (!has_seen(m, RFC822_FIELD_TO) && !has_seen(m, RFC822_FIELD_CC))
		str_put(out, no_recipients);
	if (!has_seen(m, RFC822_FIELD_MAIL_FOLLOWUP_TO))
		inject_followup_put(m, out);
	return 0;
}

int
inject_generate_fields(struct inject *m, struct str *out, struct err *e)
{
	int rc;

	rc = inject_is_resent(m) ? put_resent(m, out, e)
	                         : put_original(m, out, e);
	return rc == 0 && !str_ok(out) ? inject_no_memory(e) : rc;
}
