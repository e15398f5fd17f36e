/* SPDX-License-Identifier: ISC */
#ifndef NET_MX_H
#define NET_MX_H

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "net/dns.h"

/* Which addresses to try for a mail domain, in which order. Specification:
 * smtp.md section 2.5; RFC 5321 5.1, RFC 7505. */

enum mx_status {
	MX_OK,
	MX_SOFT,       /* the name servers gave no answer now */
	MX_NO_DOMAIN,  /* the domain does not exist or has no record we use */
	MX_NO_ADDRESS, /* there are MX records, none of them has an address */
	MX_NULL,       /* the domain accepts no mail */
	MX_MEMORY,
};

struct mx_address {
	uint32_t preference;
	struct ip ip;
};

struct mx_list {
	struct mx_address *address; /* best preference first */
	size_t n, cap;
};

enum { MX_ADDRESSES_MAX = 1000 }; /* further ones are not tried */

/* Resolves a domain by its MX records, or by its own address when it has
 * none; an address literal needs no question. Hosts of equal preference come
 * in random order drawn from seed. is_v6_first: which family of one host is
 * tried first. The caller frees the list in either case. */
NODISCARD enum mx_status mx_resolve(struct dns *d, struct span domain,
    uint64_t seed, bool is_v6_first, struct mx_list *list);

/* Resolves a host name or literal by its addresses alone (a relay). */
NODISCARD enum mx_status mx_resolve_host(struct dns *d, struct span host,
    bool is_v6_first, struct mx_list *list);

void mx_free(struct mx_list *list);

#endif
