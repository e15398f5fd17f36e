/* SPDX-License-Identifier: ISC */
#ifndef NET_IPME_H
#define NET_IPME_H

#include "base/attr.h"
#include "base/err.h"
#include "base/span.h"
#include "net/ip.h"

/* Is this address the machine we run on? The addresses of its interfaces and
 * 127.0.0.0/8, 0.0.0.0, ::1, :: are; control/moreipme adds networks,
 * control/notipme takes some out again: the longest mask wins, notipme on a
 * tie. Specification: smtp.md section 2.6. */

/* "192.0.2.0/24", "192.0.2.0/255.255.255.0", "2001:db8::/32" or one address.
 */
NODISCARD bool ipme_parse_network(struct span text, struct ip *network,
    unsigned *bits);

/* more, notme: NUL-terminated entries as of control_get_list(). 1 or 0; -1 with
 * *e when the interfaces cannot be listed. */
NODISCARD int ipme_is_me(const struct ip *ip, struct span more,
    struct span notme, struct err *e);

#endif
