/* SPDX-License-Identifier: ISC */
#ifndef NET_MX_ORDER_H
#define NET_MX_ORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "net/mx.h"

/* Pure part of net/mx: in which order hosts and addresses are tried. */

/* Sorts by preference, best first; hosts of equal preference come in random
 * order drawn from seed, each order as likely as any other. */
void mx_order(struct dns_mx *mx, size_t n, uint64_t seed);

/* Appends the addresses of one host, one of each family in turn as far as both
 * reach, beginning with first. Addresses beyond MX_ADDRESSES_MAX are left out.
 * False without memory. */
NODISCARD bool mx_add_host(struct mx_list *list, uint32_t preference,
    const struct ip *first, size_t firsts, const struct ip *second,
    size_t seconds);

#endif
