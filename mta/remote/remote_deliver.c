/* SPDX-License-Identifier: ISC */
#include "mta/remote/remote.h"

/* These bytes cannot be sent as an address, quoted or not. */
static bool
is_sendable(struct span address)
{
	for (size_t i = 0; i < address.n; i++) {
		char c = address.p[i];

		if (c == '\r' || c == '\n' || c == '\0')
			return false;
	}
	return true;
}

static bool
are_addresses_sendable(struct remote *r)
{
	if (!is_sendable(r->sender)) {
		remote_report(r, 'D',
		    "The sender holds a byte that SMTP cannot carry. "
		    "(#5.1.7)");
		return false;
	}
	for (size_t i = 0; i < r->recipient_count; i++) {
		if (!is_sendable(span_cstr(r->recipients[i]))) {
			remote_report(r, 'D',
			    "A recipient holds a byte that SMTP cannot "
			    "carry. (#5.1.3)");
			return false;
		}
	}
	return true;
}

void
remote_deliver(struct remote *r)
{
	struct mx_list list = {0};
	uint16_t port;

	if (!are_addresses_sendable(r))
		return;
	if (remote_find_addresses(r, &list, &port) == 0)
		remote_try_all(r, &list, port);
	mx_free(&list);
}
