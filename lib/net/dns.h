/* SPDX-License-Identifier: ISC */
#ifndef NET_DNS_H
#define NET_DNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/span.h"
#include "fmt/ip.h"

/* Questions to the name servers of the system, or to those that the environment
 * variable DNSCACHEIP names (addresses with blanks between them, the first
 * three count: "192.0.2.53", "192.0.2.53:5300", "[2001:db8::53]:5300"), over
 * glibc's resolver on a private state: EDNS, and TCP when an answer does not
 * fit a datagram. */

enum {
	DNS_NAME_MAX = 255,
	DNS_ANSWER_MAX = 65535,
	DNS_RECORDS_MAX = 512, /* read of one answer; more are ignored */
};

enum dns_status {
	DNS_OK,     /* at least one record */
	DNS_NONE,   /* no such name, or no such record */
	DNS_SOFT,   /* no usable answer now: ask again later */
	DNS_MEMORY, /* errno ENOMEM */
};

struct dns {
	void *state; /* struct __res_state */
	unsigned char *answer;
};

struct dns_mx {
	uint16_t preference;
	char name[DNS_NAME_MAX + 1]; /* without final dot; "" is the root */
};

/* 0, or -1 without memory. */
NODISCARD int dns_open(struct dns *d);
void dns_close(struct dns *d);

/* The MX records of a name, in the order of the answer. *list is allocated
 * with malloc on DNS_OK; the caller frees it. */
NODISCARD enum dns_status dns_find_mx(struct dns *d, struct span name,
    struct dns_mx **list, size_t *n);

/* Appends the A (is_v6 false) or AAAA records of a name. list, n, cap: as of
 * array_grow(). */
NODISCARD enum dns_status dns_find_addresses(struct dns *d, struct span name,
    bool is_v6, struct ip **list, size_t *n, size_t *cap);

/* Appends the name of an address (PTR), in lower case. */
NODISCARD enum dns_status dns_find_name(struct dns *d, const struct ip *ip,
    struct str *name);

#endif
