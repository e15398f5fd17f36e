/* SPDX-License-Identifier: ISC */
#include "qmail/received.h"

#include "base/num.h"
#include "fmt/date.h"

static const struct span hows[RECEIVED_HOWS] = {
    [RECEIVED_BY_ALIAS] = SPAN_INIT("by alias"),
    [RECEIVED_FROM_NETWORK] = SPAN_INIT("from network"),
    [RECEIVED_FOR_BOUNCE] = SPAN_INIT("for bounce"),
    [RECEIVED_BY_UID] = SPAN_INIT("by uid "),
};

void
received_put(struct str *out, const struct received *r)
{
	str_put_cstr(out, "Received: (qmail ");
	str_put_u64(out, r->pid);
	str_put_cstr(out, " invoked ");
	str_put(out, hows[r->how]);
	if (r->how == RECEIVED_BY_UID)
		str_put_u64(out, r->uid);
	str_put_cstr(out, "); ");
	date_put_822(out, r->time);
	str_putc(out, '\n');
}

/* Takes a canonical number of any length that ends before the byte end. */
static bool
take_number(struct span *s, char end, uint64_t *value)
{
	size_t at = span_find(*s, end, 0);

	if (!num_parse_canonical(span_first(*s, at), UINT64_MAX, value))
		return false;
	*s = span_from(*s, at);
	return true;
}

static bool
take_how(struct span *s, struct received *r)
{
	for (enum received_how how = 0; how < RECEIVED_HOWS; how++) {
		if (!span_take_prefix(s, hows[how]))
			continue;
		r->how = how;
		return how != RECEIVED_BY_UID || take_number(s, ')', &r->uid);
	}
	return false;
}

enum received_status
received_parse(struct span line, struct received *r)
{
	struct received got = {0};

	if (line.n >= RECEIVED_MAX ||
	    !span_take_prefix(&line, SPAN("Received: (qmail ")) ||
	    !take_number(&line, ' ', &got.pid) ||
	    !span_take_prefix(&line, SPAN(" invoked ")) ||
	    !take_how(&line, &got) || !span_take_prefix(&line, SPAN("); ")) ||
	    !date_parse_822(line, &got.time))
		return RECEIVED_OTHER;
	*r = got;
	return RECEIVED_OK;
}
