/* SPDX-License-Identifier: ISC */
#include "qmail/smtproutes.h"

#include <errno.h>

#include "base/num.h"

void
smtproute_parse(struct span value, struct smtproute *route)
{
	size_t end, port_at;
	uint64_t port = 0;
	struct span digits;

	/* "|user|password" belongs to another generation; it is no part of the
	 * name */
	value = span_first(value, span_find(value, '|', 0));
	if (span_has_prefix(value, SPAN("["))) {
		end = span_find(value, ']', 0);
		route->relay =
		    span_first(span_from(value, 1), end > 0 ? end - 1 : 0);
		port_at = end < value.n ? end + 1 : value.n;
	} else {
		end = span_find(value, ':', 0);
		port_at = span_find(value, ';', 0);
		if (end < port_at)
			port_at = end;
		route->relay = span_first(value, port_at);
	}
	route->port = SMTP_PORT;
	if (port_at == value.n)
		return;
	digits = span_from(value, port_at + 1);
	if (!num_take_u64(&digits, UINT64_MAX, &port) || port > UINT16_MAX)
		port = 0;
	route->port = (uint16_t)port;
}

int
smtproutes_load(struct constmap *routes, const struct control *c,
    const struct hash_seed *seed, struct err *e)
{
	struct str entries = {0};
	int rc = 0;

	*routes = (struct constmap){0};
	if (control_get_list(c, "smtproutes", &entries, e) == CONTROL_FAILED) {
		rc = -1;
	} else if (constmap_init(routes, &entries, CONSTMAP_COLON, seed) ==
	           -1) {
		errno = ENOMEM;
		rc = err_sys(e, "read control file", "smtproutes");
	}
	str_free(&entries);
	return rc;
}

bool
smtproutes_find(const struct constmap *routes, struct span host,
    struct smtproute *route)
{
	struct span value;

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
