/* SPDX-License-Identifier: ISC */
#ifndef NET_IPME_H
#define NET_IPME_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"
#include "fmt/ip.h"

/* Is this address the machine we run on? The addresses of its interfaces and
 * 127.0.0.0/8, 0.0.0.0, ::1, :: are; control/moreipme adds networks,
 * control/notipme takes some out again: the longest mask wins, notipme on a
 * tie. Specification: smtp.md section 2.6. */

struct ipme_network {
	struct ip ip;
	unsigned bits;
	bool is_me;
};

/* All zero knows nothing. */
struct ipme {
	struct ipme_network *network;
	size_t n, cap;
	bool has_global_v6; /* an interface has such an address */
};

/* Adds loopback and what the interfaces that are up have. 0; -1 with *e when
 * they cannot be listed. ipme_free() is needed either way. */
NODISCARD int ipme_add_interfaces(struct ipme *m, struct err *e);

/* Adds the entries of control/moreipme (is_me) or control/notipme;
 * NUL-terminated as of control_get_list(). What is no network is skipped. False
 * without memory. */
NODISCARD bool ipme_add_list(struct ipme *m, struct span entries, bool is_me);

/* The question all this is for. */
bool ipme_is_me(const struct ipme *m, const struct ip *ip);
void ipme_free(struct ipme *m);

#endif
