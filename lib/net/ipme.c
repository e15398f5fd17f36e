/* SPDX-License-Identifier: ISC */
#include "net/ipme.h"

#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdlib.h>

#include "base/array.h"

static bool
add(struct ipme *m, const struct ip *ip, unsigned bits, bool is_me)
{
	if (!array_grow(&m->network, &m->cap, m->n + 1, sizeof(*m->network)))
		return false;
	m->network[m->n++] = (struct ipme_network){*ip, bits, is_me};
	return true;
}

/* This host whatever its interfaces. */
static bool
add_loopback(struct ipme *m)
{
	static const struct span always = SPAN_INIT("127.0.0.0/8\0"
	                                            "0.0.0.0\0::1\0::\0");

	return ipme_add_list(m, always, true);
}

static bool
read_address(const struct sockaddr *address, struct ip *ip)
{
	struct sockaddr_in in;
	struct sockaddr_in6 in6;

	*ip = (struct ip){0};
	if (address != NULL && address->sa_family == AF_INET) {
		memcpy(&in, address, sizeof(in));
		memcpy(ip->byte, &in.sin_addr, sizeof(in.sin_addr));
		return true;
	}
	if (address != NULL && address->sa_family == AF_INET6) {
		memcpy(&in6, address, sizeof(in6));
		memcpy(ip->byte, &in6.sin6_addr, sizeof(in6.sin6_addr));
		ip->is_v6 = true;
		return true;
	}
	return false;
}

static bool
add_all(struct ipme *m, const struct ifaddrs *each)
{
	for (; each != NULL; each = each->ifa_next) {
		struct ip ip;

		if ((each->ifa_flags & IFF_UP) == 0 ||
		    !read_address(each->ifa_addr, &ip))
			continue;
		if (!add(m, &ip, ip.is_v6 ? IP_V6_BITS : IP_V4_BITS, true))
			return false;
		if (ip_is_global_v6(&ip))
			m->has_global_v6 = true;
	}
	return true;
}

int
ipme_add_interfaces(struct ipme *m, struct err *e)
{
	struct ifaddrs *list;
	bool has_memory;

	if (getifaddrs(&list) == -1)
		return err_sys(e, "list", "network interfaces");
	has_memory = add_loopback(m) && add_all(m, list);
	freeifaddrs(list);
	if (has_memory)
		return 0;
	errno = ENOMEM;
	return err_sys(e, "list", "network interfaces");
}

bool
ipme_add_list(struct ipme *m, struct span entries, bool is_me)
{
	struct span entry;

	while (span_take_nul(&entries, &entry)) {
		struct ip network;
		unsigned bits;

		if (ip_parse_network(entry, &network, &bits) &&
		    !add(m, &network, bits, is_me))
			return false;
	}
	return true;
}

bool
ipme_is_me(const struct ipme *m, const struct ip *ip)
{
	const struct ipme_network *best = NULL;

	for (size_t i = 0; i < m->n; i++) {
		const struct ipme_network *each = &m->network[i];

		if (!ip_is_inside(ip, &each->ip, each->bits))
			continue;
		if (best == NULL || each->bits > best->bits ||
		    (each->bits == best->bits && !each->is_me))
			best = each;
	}
	return best != NULL && best->is_me;
}

void
ipme_free(struct ipme *m)
{
	free(m->network);
	*m = (struct ipme){0};
}
