/* SPDX-License-Identifier: ISC */
#ifndef NET_IP_H
#define NET_IP_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/span.h"
#include "base/str.h"

/* Internet addresses of both families as values. */

struct ip {
	bool is_v6;
	unsigned char byte[16]; /* network order; IPv4 uses the first 4 */
};

enum { IP_TEXT_MAX = 64 };

/* "192.0.2.1" or "2001:db8::1"; an IPv4 address mapped into IPv6
 * ("::ffff:192.0.2.1") becomes IPv4. No brackets, no zone. */
NODISCARD bool ip_parse(struct span text, struct ip *ip);

/* An address literal as in mailboxes: "[192.0.2.1]", "[IPv6:2001:db8::1]" or
 * "[2001:db8::1]". */
NODISCARD bool ip_parse_literal(struct span text, struct ip *ip);

void ip_put(struct str *out, const struct ip *ip);

bool ip_eq(const struct ip *a, const struct ip *b);

/* 127.0.0.0/8, 0.0.0.0, ::1 and :: are this host whatever its interfaces. */
bool ip_is_always_local(const struct ip *ip);

/* Asks the system whether an interface that is up has this address. 1 or 0; -1
 * with *e when the interfaces cannot be listed. */
NODISCARD int ip_is_local(const struct ip *ip, struct err *e);

#endif
