/* SPDX-License-Identifier: ISC */
#include "mta/inject/inject_field.h"

#include "fmt/rfc822_field.h"
#include "fmt/rfc822_print.h"

/* What happens to a field. A field without any of it is copied. */
enum {
	REWRITE = 1 << 0,   /* its addresses are completed */
	RECIPIENT = 1 << 1, /* ... and get the message */
	RESENT = 1 << 2,    /* ... and get it if it is a resent one */
	FOLLOWUP = 1 << 3,  /* ... and are candidates of Mail-Followup-To */
	SENDER = 1 << 4,    /* ... and are the envelope sender */
	DROP = 1 << 5,      /* it is not written */
	LENIENT = 1 << 6,   /* it is left alone when it cannot be parsed */
};

static const unsigned char treatments[RFC822_FIELDS] = {
    [RFC822_FIELD_TO] = REWRITE | RECIPIENT | FOLLOWUP | LENIENT,
    [RFC822_FIELD_CC] = REWRITE | RECIPIENT | FOLLOWUP | LENIENT,
    [RFC822_FIELD_BCC] = REWRITE | RECIPIENT | DROP | LENIENT,
    [RFC822_FIELD_APPARENTLY_TO] = REWRITE | RECIPIENT | LENIENT,
    [RFC822_FIELD_RESENT_TO] = REWRITE | RESENT | LENIENT,
    [RFC822_FIELD_RESENT_CC] = REWRITE | RESENT | LENIENT,
    [RFC822_FIELD_RESENT_BCC] = REWRITE | RESENT | DROP | LENIENT,
    [RFC822_FIELD_RETURN_PATH] = REWRITE | SENDER | DROP,
    [RFC822_FIELD_SENDER] = REWRITE,
    [RFC822_FIELD_FROM] = REWRITE,
    [RFC822_FIELD_REPLY_TO] = REWRITE,
    [RFC822_FIELD_RETURN_RECEIPT_TO] = REWRITE,
    [RFC822_FIELD_ERRORS_TO] = REWRITE,
    [RFC822_FIELD_RESENT_SENDER] = REWRITE,
    [RFC822_FIELD_RESENT_FROM] = REWRITE,
    [RFC822_FIELD_RESENT_REPLY_TO] = REWRITE,
    [RFC822_FIELD_CONTENT_LENGTH] = DROP,
};

static const uint32_t resent_fields =
    1U << RFC822_FIELD_RESENT_SENDER | 1U << RFC822_FIELD_RESENT_FROM |
    1U << RFC822_FIELD_RESENT_REPLY_TO | 1U << RFC822_FIELD_RESENT_TO |
    1U << RFC822_FIELD_RESENT_CC | 1U << RFC822_FIELD_RESENT_BCC |
    1U << RFC822_FIELD_RESENT_DATE | 1U << RFC822_FIELD_RESENT_MESSAGE_ID;

bool
inject_is_resent(const struct inject *m)
{
	return (m->seen & resent_fields) != 0;
}

/* The field at hand, for the addresses found in it. */
struct context {
	struct inject *m;
	unsigned treatment;
};

static void
put_address(struct str *list, const struct rfc822_tokens *address)
{
	rfc822_address_put_raw(list, address);
	str_putc(list, '\0');
}

static void
set_sender(struct inject *m, const struct rfc822_tokens *address)
{
	if (m->has_sender)
		return;
	m->has_sender = true;
	rfc822_address_put_raw(&m->sender, address);
	if (m->env.per_recipient)
		str_put(&m->sender, SPAN("-@[]"));
}

static void
found(void *context, struct rfc822_tokens *address)
{
	const struct context *c = context;

	rfc822_address_complete(address, &c->m->completion);
	if ((c->treatment & RECIPIENT) != 0)
		put_address(&c->m->recipients, address);
	if ((c->treatment & RESENT) != 0)
		put_address(&c->m->resent, address);
	if ((c->treatment & FOLLOWUP) != 0)
		put_address(&c->m->followup, address);
	if ((c->treatment & SENDER) != 0)
		set_sender(c->m, address);
}

static bool
is_unwanted(const struct inject_env *env, enum rfc822_field f)
{
	return (env->drop_return_path && f == RFC822_FIELD_RETURN_PATH) ||
	       (env->drop_from && f == RFC822_FIELD_FROM) ||
	       (env->drop_message_id && f == RFC822_FIELD_MESSAGE_ID);
}

static bool
has_memory(const struct inject *m)
{
	return str_ok(&m->recipients) && str_ok(&m->resent) &&
	       str_ok(&m->followup) && str_ok(&m->sender);
}

static enum rfc822_status
rewrite(struct inject *m, unsigned treatment, struct span field)
{
	struct context context = {.m = m, .treatment = treatment};
	enum rfc822_status status;

	status = rfc822_tokens_parse(field, &m->tokens);
	if (status != RFC822_OK)
		return status;
	m->list.found = found;
	m->list.context = &context;
	status = rfc822_list_rewrite(&m->list, &m->tokens);
	if (!rfc822_tokens_ok(&m->list.result) || !has_memory(m))
		return RFC822_MEMORY;
	return status;
}

int
inject_field_use(struct inject *m, struct span field, struct err *e)
{
	struct span name = rfc822_field_name(field);
	enum rfc822_field f = rfc822_field_find(name);
	unsigned treatment = treatments[f];
	enum rfc822_status status = RFC822_OK;

	if (is_unwanted(&m->env, f))
		return 0;
	m->seen |= 1U << f;
	if ((treatment & REWRITE) != 0)
		status = rewrite(m, treatment, field);
	if (status == RFC822_MEMORY)
		return inject_no_memory(e);
	if (status == RFC822_BAD && (treatment & LENIENT) == 0)
		return err_set(e, ERR_FORMAT,
		    "unable to parse header field %.*s", (int)name.n, name.p);
	if ((treatment & DROP) != 0)
		return 0;
	if (status == RFC822_OK && (treatment & REWRITE) != 0)
		rfc822_print(&m->header, &m->list.result);
	else
		str_put(&m->header, field);
	return 0;
}
