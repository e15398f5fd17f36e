/* SPDX-License-Identifier: ISC */
#include "qmail/tcprules.h"

#include <stdio.h>

#include "base/num.h"
#include "fmt/ip.h"

/* From the best to the worst; within a class the longer match is better. */
enum class {
	CLASS_NONE,
	CLASS_ANY,
	CLASS_ANY_HOST,
	CLASS_HOST_SUFFIX,
	CLASS_IP_PREFIX,
	CLASS_HOST,
	CLASS_IP,
	CLASS_INFO_HOST,
	CLASS_INFO_IP,
};

enum {
	GROUPS = 8, /* of an IPv6 address */
	GROUP_BITS = 16,
	OCTETS = 4,
	OCTET_BITS = 8,
	GROUPS_TEXT_MAX = 48,
};

/* length: of text that tells matches of the same size apart. */
static uint64_t
rank_of(enum class class, uint64_t bits, size_t length)
{
	return (uint64_t) class << 48 | bits << 32 |
	       (length < UINT32_MAX ? length : UINT32_MAX);
}

/* "37" or "37-53" holds the octet. */
static bool
has_octet(struct span text, unsigned octet)
{
	size_t dash = span_find(text, '-', 0);
	uint64_t low, high;

	if (!num_parse_u64(span_first(text, dash), 255, &low))
		return false;
	if (dash == text.n)
		return low == octet;
	return num_parse_u64(span_from(text, dash + 1), 255, &high) &&
	       low <= octet && octet <= high;
}

/* Bits of the address that a dotted text covers: 32 for all of it, fewer for a
 * prefix, which ends in a dot; 0: it is no such text or does not match. */
static unsigned
match_dotted(struct span text, const struct ip *ip)
{
	for (unsigned i = 0; i < OCTETS; i++) {
		size_t dot = span_find(text, '.', 0);

		if (!has_octet(span_first(text, dot), ip->byte[i]))
			return 0;
		if (dot == text.n)
			return i == OCTETS - 1 ? IP_V4_BITS : 0;
		text = span_from(text, dot + 1);
		if (text.n == 0)
			return i < OCTETS - 1 ? (i + 1) * OCTET_BITS : 0;
	}
	return 0;
}

/* The groups of a prefix without leading zeros and in small letters. */
static void
put_groups(struct span prefix, struct str *out)
{
	while (prefix.n > 0) {
		size_t colon = span_find(prefix, ':', 0);
		struct span group = span_first(prefix, colon);

		while (group.n > 1 && group.p[0] == '0')
			group = span_from(group, 1);
		for (size_t i = 0; i < group.n; i++) {
			char c = group.p[i];

			str_putc(out,
			    c >= 'A' && c <= 'F' ? (char)(c - 'A' + 'a') : c);
		}
		if (colon < prefix.n)
			str_putc(out, ':');
		prefix = span_from(prefix, colon + 1);
	}
}

/* All eight groups, each with a colon behind it. */
static struct span
spell_out(const struct ip *ip, char *text)
{
	size_t n = 0;

	for (size_t i = 0; i < GROUPS; i++) {
		unsigned group =
		    (unsigned)ip->byte[2 * i] << 8 | ip->byte[2 * i + 1];

		n += (size_t)snprintf(text + n, GROUPS_TEXT_MAX - n,
		    "%x:", group);
	}
	return (struct span){text, n};
}

static uint64_t
bits_of_groups(struct span prefix)
{
	uint64_t groups = 0;

	for (size_t i = 0; i < prefix.n; i++)
		groups += prefix.p[i] == ':' && i > 0 && prefix.p[i - 1] != ':';
	return groups < GROUPS ? groups * GROUP_BITS : IP_V6_BITS;
}

/* A text prefix that ends in a colon. */
static bool
match_groups(struct span prefix, const struct ip *ip)
{
	char text[GROUPS_TEXT_MAX];
	struct str wanted = {0}, shown = {0};
	bool matches;

	if (!ip->is_v6 || !span_has_suffix(prefix, SPAN(":")))
		return false;
	put_groups(prefix, &wanted);
	ip_put(&shown, ip);
	matches = str_ok(&wanted) && str_ok(&shown) &&
	          (span_has_prefix(str_span(&shown), str_span(&wanted)) ||
	              span_has_prefix(spell_out(ip, text), str_span(&wanted)));
	str_free(&wanted);
	str_free(&shown);
	return matches;
}

static struct span
without_brackets(struct span address)
{
	if (address.n >= 2 && span_has_prefix(address, SPAN("[")) &&
	    span_has_suffix(address, SPAN("]")))
		return span_first(span_from(address, 1), address.n - 2);
	return address;
}

static uint64_t
rank_network(struct span address, const struct ip *ip)
{
	size_t slash = span_find(address, '/', 0);
	struct str text = {0};
	struct ip network;
	unsigned bits;
	bool is_inside;

	str_put(&text, without_brackets(span_first(address, slash)));
	str_put(&text, span_from(address, slash));
	is_inside = str_ok(&text) &&
	            ip_parse_network(str_span(&text), &network, &bits) &&
	            ip_is_inside(ip, &network, bits);
	str_free(&text);
	return is_inside ? rank_of(CLASS_IP_PREFIX, bits, 0) : 0;
}

static uint64_t
rank_ip(struct span address, const struct ip *ip)
{
	struct ip same;
	unsigned bits;

	if (span_find(address, '/', 0) < address.n)
		return rank_network(address, ip);
	address = without_brackets(address);
	if (ip_parse(address, &same))
		return ip_eq(&same, ip) ? rank_of(CLASS_IP, 0, 0) : 0;
	if (match_groups(address, ip))
		return rank_of(CLASS_IP_PREFIX, bits_of_groups(address),
		    address.n);
	bits = ip->is_v6 ? 0 : match_dotted(address, ip);
	if (bits == IP_V4_BITS)
		return rank_of(CLASS_IP, 0, 0);
	return bits == 0 ? 0 : rank_of(CLASS_IP_PREFIX, bits, address.n);
}

/* name: what stands behind the "=". */
static uint64_t
rank_host(struct span name, struct span host)
{
	if (host.p == NULL)
		return 0;
	if (name.n == 0)
		return rank_of(CLASS_ANY_HOST, 0, 0);
	if (span_eq(name, host))
		return rank_of(CLASS_HOST, 0, 0);
	if (name.p[0] == '.' && span_has_suffix(host, name))
		return rank_of(CLASS_HOST_SUFFIX, 0, name.n);
	return 0;
}

/* An address without "info@". */
static uint64_t
rank_plain(struct span address, const struct tcprules_peer *peer)
{
	struct ip ip;

	if (address.n == 0)
		return rank_of(CLASS_ANY, 0, 0);
	if (span_take_prefix(&address, SPAN("=")))
		return rank_host(address, peer->host);
	if (ip_parse(peer->ip, &ip))
		return rank_ip(address, &ip);
	/* whatever the server calls it, the same text is the same peer */
	return span_eq(address, peer->ip) ? rank_of(CLASS_IP, 0, 0) : 0;
}

uint64_t
tcprules_rank(struct span address, const struct tcprules_peer *peer)
{
	struct span rest = address;

	if (peer->info.p != NULL && span_take_prefix(&rest, peer->info) &&
	    span_take_prefix(&rest, SPAN("@"))) {
		uint64_t rank = rank_plain(rest, peer);

		if (rank == rank_of(CLASS_IP, 0, 0))
			return rank_of(CLASS_INFO_IP, 0, 0);
		if (rank == rank_of(CLASS_HOST, 0, 0))
			return rank_of(CLASS_INFO_HOST, 0, 0);
		return 0;
	}
	return rank_plain(address, peer);
}
