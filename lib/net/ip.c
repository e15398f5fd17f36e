/* SPDX-License-Identifier: ISC */
#include "net/ip.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>

static const unsigned char mapped_prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0xff, 0xff};

static void
unmap(struct ip *ip)
{
	if (memcmp(ip->byte, mapped_prefix, sizeof(mapped_prefix)) != 0)
		return;
	ip->is_v6 = false;
	memmove(ip->byte, ip->byte + sizeof(mapped_prefix), 4);
	memset(ip->byte + 4, 0, sizeof(ip->byte) - 4);
}

bool
ip_parse(struct span text, struct ip *ip)
{
	char copy[IP_TEXT_MAX];
	struct ip parsed = {0};

	if (text.n == 0 || text.n >= sizeof(copy) ||
	    span_find(text, '\0', 0) < text.n)
		return false;
	memcpy(copy, text.p, text.n);
	copy[text.n] = '\0';
	if (inet_pton(AF_INET, copy, parsed.byte) != 1) {
		if (inet_pton(AF_INET6, copy, parsed.byte) != 1)
			return false;
		parsed.is_v6 = true;
		unmap(&parsed);
	}
	*ip = parsed;
	return true;
}

bool
ip_parse_literal(struct span text, struct ip *ip)
{
	if (!span_take_prefix(&text, SPAN("[")) ||
	    !span_has_suffix(text, SPAN("]")))
		return false;
	text.n--;
	if (span_take_prefix(&text, SPAN("IPv6:")) ||
	    span_take_prefix(&text, SPAN("ipv6:")))
		return ip_parse(text, ip) && ip->is_v6;
	return ip_parse(text, ip);
}

void
ip_put(struct str *out, const struct ip *ip)
{
	char text[INET6_ADDRSTRLEN];

	if (inet_ntop(ip->is_v6 ? AF_INET6 : AF_INET, ip->byte, text,
	        sizeof(text)) != NULL)
		str_put_cstr(out, text);
}

bool
ip_eq(const struct ip *a, const struct ip *b)
{
	return a->is_v6 == b->is_v6 &&
	       memcmp(a->byte, b->byte, a->is_v6 ? 16 : 4) == 0;
}

bool
ip_is_always_local(const struct ip *ip)
{
	static const unsigned char zero[16];

	if (!ip->is_v6)
		return ip->byte[0] == 127 || memcmp(ip->byte, zero, 4) == 0;
	return memcmp(ip->byte, zero, 15) == 0 && ip->byte[15] <= 1;
}

static bool
has_address(const struct sockaddr *address, const struct ip *ip)
{
	if (address == NULL)
		return false;
	if (!ip->is_v6 && address->sa_family == AF_INET) {
		struct sockaddr_in in;

		memcpy(&in, address, sizeof(in));
		return memcmp(&in.sin_addr, ip->byte, 4) == 0;
	}
	if (ip->is_v6 && address->sa_family == AF_INET6) {
		struct sockaddr_in6 in6;

		memcpy(&in6, address, sizeof(in6));
		return memcmp(&in6.sin6_addr, ip->byte, 16) == 0;
	}
	return false;
}

int
ip_is_local(const struct ip *ip, struct err *e)
{
	struct ifaddrs *list, *each;
	int found = 0;

	if (ip_is_always_local(ip))
		return 1;
	if (getifaddrs(&list) == -1)
		return err_sys(e, "list", "network interfaces");
	for (each = list; each != NULL && found == 0; each = each->ifa_next) {
		if ((each->ifa_flags & IFF_UP) != 0 &&
		    has_address(each->ifa_addr, ip))
			found = 1;
	}
	freeifaddrs(list);
	return found;
}
