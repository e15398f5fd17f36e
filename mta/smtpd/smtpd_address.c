/* SPDX-License-Identifier: ISC */
#include "mta/smtpd/smtpd_address.h"

#include "fmt/quote.h"
#include "fmt/smtp_command.h"

/* The interfaces are listed for the first literal only: few clients ever send
 * one. */
static bool
learn_me(struct smtpd *s)
{
	if (!s->knows_me)
		s->knows_me =
		    ipme_add_interfaces(&s->me, NULL) == 0 &&
		    ipme_add_list(&s->me, str_span(&s->config.moreipme),
		        true) &&
		    ipme_add_list(&s->me, str_span(&s->config.notipme), false);
	return s->knows_me;
}

/* user@[192.0.2.1] with an address of this host becomes user@localiphost. False
 * when our addresses cannot be told. */
static bool
replace_literal(struct smtpd *s, struct str *address)
{
	size_t at = quote_find_at(str_span(address));
	struct ip ip;

	if (!s->config.has_localiphost || at == address->n ||
	    !ip_parse_literal(span_from(str_span(address), at + 1), &ip))
		return true;
	if (!learn_me(s))
		return false;
	if (!ipme_is_me(&s->me, &ip))
		return true;
	str_cut(address, at + 1);
	str_put(address, str_span(&s->config.localiphost));
	return true;
}

/* What is wrong with the address, as a reply; NULL: nothing. */
static const char *
find_fault(const struct smtpd *s, const struct smtpd_address *a,
    enum smtp_address_status status)
{
	if (a->text.n > SMTP_ADDRESS_MAX)
		return "555 the address is too long (#5.5.4)";
	if (s->config.lax)
		return NULL;
	switch (status) {
	case SMTP_ADDRESS_ABSENT:
		return "555 the address is missing (#5.5.4)";
	case SMTP_ADDRESS_CONTROL:
		return "555 control character in address (#5.5.4)";
	case SMTP_ADDRESS_OK:
		break;
	}
	if (a->text.n == 0 && !a->may_be_empty)
		return "555 the recipient is missing (#5.5.4)";
	return NULL;
}

enum smtpd_address_end
smtpd_address_read(struct smtpd *s, struct span argument,
    struct smtpd_address *a)
{
	enum smtp_address_status status;
	const char *fault;

	status = smtp_address_parse(argument, &a->text, &a->parameters);
	if (!replace_literal(s, &a->text)) {
		smtpd_reply(s, "421 local addresses are unknown (#4.3.0)");
		return SMTPD_ADDRESS_BROKEN;
	}
	if (!str_ok(&a->text)) {
		(void)smtpd_no_memory(s);
		return SMTPD_ADDRESS_BROKEN;
	}
	fault = find_fault(s, a, status);
	if (fault == NULL)
		return SMTPD_ADDRESS_OK;
	smtpd_reply(s, fault);
	return SMTPD_ADDRESS_REFUSED;
}

void
smtpd_address_free(struct smtpd_address *a)
{
	str_free(&a->text);
}
