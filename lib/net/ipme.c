/* SPDX-License-Identifier: ISC */
#include "net/ipme.h"

#include <stdint.h>

#include "base/num.h"

enum { V4_BITS = 32, V6_BITS = 128 };

/* 255.255.240.0 has 20 bits; holes are refused. */
static bool
parse_dotted_mask(struct span text, unsigned *bits)
{
	struct ip mask;
	uint32_t value = 0;

	if (!ip_parse(text, &mask) || mask.is_v6)
		return false;
	for (int i = 0; i < 4; i++)
		value = value << 8 | mask.byte[i];
	if ((~value & (~value + 1)) != 0)
		return false;
	*bits = (unsigned)__builtin_popcount(value);
	return true;
}

bool
ipme_parse_network(struct span text, struct ip *network, unsigned *bits)
{
	size_t slash = span_find(text, '/', 0);
	struct span mask = span_from(text, slash + 1);
	unsigned most;
	uint64_t number;

	if (!ip_parse(span_first(text, slash), network))
		return false;
	most = network->is_v6 ? V6_BITS : V4_BITS;
	*bits = most;
	if (slash == text.n)
		return true;
	if (num_parse_u64(mask, most, &number)) {
		*bits = (unsigned)number;
		return true;
	}
	return !network->is_v6 && parse_dotted_mask(mask, bits);
}

static bool
is_inside(const struct ip *ip, const struct ip *network, unsigned bits)
{
	if (ip->is_v6 != network->is_v6)
		return false;
	for (unsigned i = 0; i < bits; i++) {
		unsigned bit = 0x80U >> (i % 8);

		if (((ip->byte[i / 8] ^ network->byte[i / 8]) & bit) != 0)
			return false;
	}
	return true;
}

/* Bits of the longest matching entry; -1 when none matches. */
static int
longest_match(const struct ip *ip, struct span entries)
{
	struct span entry;
	int longest = -1;

	while (span_take_nul(&entries, &entry)) {
		struct ip network;
		unsigned bits;

		if (ipme_parse_network(entry, &network, &bits) &&
		    (int)bits > longest && is_inside(ip, &network, bits))
			longest = (int)bits;
	}
	return longest;
}

/* The networks that are this machine without any control file, as a mask
 * length: loopback and zero count as entries of 8 bits, an interface as one
 * with all of them. -1 when it is none of these, -2 with *e on failure. */
static int
own_match(const struct ip *ip, struct err *e)
{
	int has = ip_is_local(ip, e);

	if (has == -1)
		return -2;
	if (has == 0)
		return -1;
	if (ip_is_always_local(ip))
		return 8;
	return ip->is_v6 ? V6_BITS : V4_BITS;
}

int
ipme_is_me(const struct ip *ip, struct span more, struct span notme,
    struct err *e)
{
	int mine = longest_match(ip, more);
	int not_mine = longest_match(ip, notme);
	int own = own_match(ip, e);

	if (own == -2)
		return -1;
	if (own > mine)
		mine = own;
	return mine > not_mine;
}
