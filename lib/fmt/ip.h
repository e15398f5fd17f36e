/* SPDX-License-Identifier: ISC */
#ifndef FMT_IP_H
#define FMT_IP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/span.h"
#include "base/str.h"

/* Internet addresses of both families as values. */

struct ip {
	bool is_v6;
	unsigned char byte[16]; /* network order; IPv4 uses the first 4 */
};

enum { IP_V4_BITS = 32, IP_V6_BITS = 128 };

/* "192.0.2.1" or "2001:db8::1"; an IPv4 address mapped into IPv6
 * ("::ffff:192.0.2.1") becomes IPv4. No brackets, no zone. */
NODISCARD bool ip_parse(struct span text, struct ip *ip);

/* The same, but IPv4 as the classic programs have always read it: four decimal
 * numbers of any length, each taken modulo 256. For what comes from addresses
 * of mail; control files deserve ip_parse(). */
NODISCARD bool ip_parse_classic(struct span text, struct ip *ip);

/* An address literal as in mailboxes: "[192.0.2.1]", "[IPv6:2001:db8::1]" or
 * "[2001:db8::1]"; IPv4 as of ip_parse_classic(). */
NODISCARD bool ip_parse_literal(struct span text, struct ip *ip);

/* An address with or without a port: "192.0.2.1:53", "[2001:db8::1]:53",
 * "192.0.2.1", "2001:db8::1". *port stays as it is when none is given; 0 is no
 * port. */
NODISCARD bool ip_parse_port(struct span text, struct ip *ip, uint16_t *port);

/* An address or a network: "192.0.2.0/24", "192.0.2.0/255.255.255.0",
 * "2001:db8::/32". *bits: length of the mask, all of the address without one.
 */
NODISCARD bool ip_parse_network(struct span text, struct ip *network,
    unsigned *bits);

/* Appends the address in its usual form, without brackets. */
void ip_put(struct str *out, const struct ip *ip);

/* Family and address are the same. */
bool ip_eq(const struct ip *a, const struct ip *b);

/* True when both are of one family and the first bits are equal. */
bool ip_is_inside(const struct ip *ip, const struct ip *network, unsigned bits);

/* True for the IPv6 addresses that the whole Internet can reach (2000::/3). */
bool ip_is_global_v6(const struct ip *ip);

#endif
