/* SPDX-License-Identifier: ISC */
#include <stddef.h>
#include <stdint.h>

#include "fmt/ip.h"
#include "qmail/smtproutes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
ck_same_again(const struct ip *ip)
{
	struct str text = {0};
	struct ip again;

	ip_put(&text, ip);
	if (!ip_parse(str_span(&text), &again) || !ip_eq(ip, &again))
		__builtin_trap();
	str_free(&text);
}

/* Invariants: an address that was read is read again from what is written for
 * it; masks fit their family; a route lies inside its line. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = {(const char *)data, size};
	struct smtproute route;
	uint16_t port = 25;
	unsigned bits;
	struct ip ip;

	if (ip_parse(in, &ip))
		ck_same_again(&ip);
	if (ip_parse_classic(in, &ip))
		ck_same_again(&ip);
	if (ip_parse_literal(in, &ip))
		ck_same_again(&ip);
	if (ip_parse_port(in, &ip, &port) && port == 0)
		__builtin_trap();
	if (ip_parse_network(in, &ip, &bits) &&
	    (bits > (ip.is_v6 ? IP_V6_BITS : IP_V4_BITS) ||
	        !ip_is_inside(&ip, &ip, bits)))
		__builtin_trap();
	smtproute_parse(in, &route);
	if (route.relay.n + route.user.n + route.password.n > size)
		__builtin_trap();
	return 0;
}
