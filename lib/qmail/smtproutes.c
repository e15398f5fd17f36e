/* SPDX-License-Identifier: ISC */
#include "qmail/smtproutes.h"

#include "base/num.h"

/* "|USER|PASSWORD" at the end is no part of the name. */
static void
take_login(struct span *value, struct smtproute *route)
{
	size_t bar = span_find(*value, '|', 0), second;

	if (bar == value->n)
		return;
	second = span_find(*value, '|', bar + 1);
	route->has_login = true;
	route->user = span_from(span_first(*value, second), bar + 1);
	route->password = span_from(*value, second + 1);
	*value = span_first(*value, bar);
}

/* What stands before the port; without brackets. Leaves the port with its
 * separator. */
static struct span
take_relay(struct span *value)
{
	size_t end = span_find(*value, ':', 0);
	size_t semicolon = span_find(*value, ';', 0);
	struct span relay = *value;

	if (span_has_prefix(*value, SPAN("["))) {
		end = span_find(*value, ']', 0);
		relay = span_from(span_first(*value, end), 1);
		*value = span_from(*value, end + 1);
		return relay;
	}
	if (semicolon < end)
		end = semicolon;
	*value = span_from(*value, end);
	return span_first(relay, end);
}

void
smtproute_parse(struct span value, struct smtproute *route)
{
	uint64_t port;

	*route = (struct smtproute){.port = SMTP_PORT};
	take_login(&value, route);
	route->relay = take_relay(&value);
	if (value.n == 0)
		return;
	route->port = 0;
	if (!span_take_prefix(&value, SPAN(":")) &&
	    !span_take_prefix(&value, SPAN(";")))
		return;
	route->is_tls = span_take_prefix(&value, SPAN("s"));
	if (num_take_u64(&value, UINT64_MAX, &port) && port <= UINT16_MAX)
		route->port = (uint16_t)port;
}

int
smtproutes_load(struct constmap *routes, const struct control *c,
    const struct hash_seed *seed, struct err *e)
{
	return constmap_load(routes, c, "smtproutes", CONSTMAP_COLON, seed,
	           e) == -1
	           ? -1
	           : 0;
}

bool
smtproutes_find(const struct constmap *routes, struct span host,
    bool has_sender, struct smtproute *route)
{
	struct span value;

	if (!has_sender && constmap_find(routes, SPAN("!@"), &value)) {
		smtproute_parse(value, route);
		return true;
	}
	for (;;) {
		if (constmap_find(routes, host, &value)) {
			smtproute_parse(value, route);
			return true;
		}
		if (host.n == 0)
			return false;
		host = span_from(host, span_find(host, '.', 1));
	}
}
