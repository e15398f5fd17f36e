/* SPDX-License-Identifier: ISC */
#ifndef NET_DNS_ANSWER_H
#define NET_DNS_ANSWER_H

#include <stddef.h>

#include "base/attr.h"
#include "net/dns.h"

/* Pure part: what stands in an answer message (RFC 1035 section 4). Hostile
 * input. Only records of the name in the question count, or of the one it is an
 * alias of, over at most DNS_ALIASES_MAX steps; records of other types or
 * sizes are passed over, and nothing is read behind damage. Each returns the
 * number of records written, at most max. */

enum { DNS_ALIASES_MAX = 8 };

NODISCARD size_t dns_answer_mx(const unsigned char *message, size_t size,
    struct dns_mx *list, size_t max);
NODISCARD size_t dns_answer_addresses(const unsigned char *message, size_t size,
    bool is_v6, struct ip *list, size_t max);
/* The name of the first PTR record, without final dot, into a buffer of
 * DNS_NAME_MAX + 1 bytes. False when there is none. */
NODISCARD bool dns_answer_name(const unsigned char *message, size_t size,
    char *target);

/* The name that is asked for the name of an address: 1.2.0.192.in-addr.arpa,
 * ...ip6.arpa. text: DNS_NAME_MAX + 1 bytes. */
void dns_put_reverse(const struct ip *ip, char *text);

/* True for text that can be asked for: labels of 1 to 63 bytes with dots
 * between them, perhaps one at the end, no NUL, at most DNS_NAME_MAX bytes. */
NODISCARD bool dns_is_name(struct span name);

#endif
