/* SPDX-License-Identifier: ISC */
#ifndef NET_DNS_ANSWER_H
#define NET_DNS_ANSWER_H

#include <stddef.h>

#include "base/attr.h"
#include "net/dns.h"

/* Pure part: what stands in an answer message (RFC 1035 section 4). Hostile
 * input. Records of other types, of other sizes and behind damage are passed
 * over. Each returns the number of records written, at most max. */
NODISCARD size_t dns_answer_mx(const unsigned char *message, size_t size,
    struct dns_mx *list, size_t max);
NODISCARD size_t dns_answer_addresses(const unsigned char *message, size_t size,
    bool is_v6, struct ip *list, size_t max);

#endif
