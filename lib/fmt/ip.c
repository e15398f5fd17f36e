/* SPDX-License-Identifier: ISC */
#include "fmt/ip.h"

#include <arpa/inet.h>

#include "base/ascii.h"
#include "base/num.h"

enum {
	V4_BYTES = 4,
	V6_BYTES = 16,
	TEXT_MAX = 64, /* longer text is no address */
	GLOBAL_V6_BITS = 3,
};

static const unsigned char mapped_prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0xff, 0xff};

static void
unmap(struct ip *ip)
{
	if (memcmp(ip->byte, mapped_prefix, sizeof(mapped_prefix)) != 0)
		return;
	ip->is_v6 = false;
	memmove(ip->byte, ip->byte + sizeof(mapped_prefix), V4_BYTES);
	memset(ip->byte + V4_BYTES, 0, V6_BYTES - V4_BYTES);
}

bool
ip_parse(struct span text, struct ip *ip)
{
	char copy[TEXT_MAX];
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

/* One number of an IPv4 address. */
static bool
take_octet(struct span *text, unsigned char *octet)
{
	size_t n = 0;
	unsigned value = 0;

	for (; n < text->n && ascii_is_digit(text->p[n]); n++)
		value = (value * 10 + (unsigned)(text->p[n] - '0')) & 0xff;
	*octet = (unsigned char)value;
	*text = span_from(*text, n);
	return n > 0;
}

bool
ip_parse_classic(struct span text, struct ip *ip)
{
	struct ip parsed = {0};
	struct span rest = text;

	for (size_t i = 0; i < V4_BYTES; i++) {
		if (i > 0 && !span_take_prefix(&rest, SPAN(".")))
			return ip_parse(text, ip);
		if (!take_octet(&rest, &parsed.byte[i]))
			return ip_parse(text, ip);
	}
	if (rest.n > 0)
		return false;
	*ip = parsed;
	return true;
}

bool
ip_parse_literal(struct span text, struct ip *ip)
{
	static const struct span tag = SPAN_INIT("ipv6:");

	if (!span_take_prefix(&text, SPAN("[")) ||
	    !span_has_suffix(text, SPAN("]")))
		return false;
	text.n--;
	if (ascii_eq_nocase(span_first(text, tag.n), tag))
		return ip_parse(span_from(text, tag.n), ip) && ip->is_v6;
	return ip_parse_classic(text, ip);
}

bool
ip_parse_port(struct span text, struct ip *ip, uint16_t *port)
{
	size_t colon = span_rfind(text, ':');
	struct span address = span_first(text, colon);
	uint64_t number;

	/* the last colon of a bare IPv6 address is no port's */
	if (ip_parse(text, ip) || ip_parse_literal(text, ip))
		return true;
	if (!num_parse_u64(span_from(text, colon + 1), UINT16_MAX, &number) ||
	    number == 0)
		return false;
	if (!ip_parse_literal(address, ip) &&
	    (!ip_parse(address, ip) || ip->is_v6))
		return false;
	*port = (uint16_t)number;
	return true;
}

/* 255.255.240.0 has 20 bits; holes are refused. */
static bool
parse_dotted_mask(struct span text, unsigned *bits)
{
	struct ip mask;
	uint32_t value = 0;

	if (!ip_parse(text, &mask) || mask.is_v6)
		return false;
	for (int i = 0; i < V4_BYTES; i++)
		value = value << 8 | mask.byte[i];
	if ((~value & (~value + 1)) != 0)
		return false;
	*bits = (unsigned)__builtin_popcount(value);
	return true;
}

bool
ip_parse_network(struct span text, struct ip *network, unsigned *bits)
{
	size_t slash = span_find(text, '/', 0);
	struct span mask = span_from(text, slash + 1);
	uint64_t number, most;

	if (!ip_parse(span_first(text, slash), network))
		return false;
	most = network->is_v6 ? IP_V6_BITS : IP_V4_BITS;
	if (slash == text.n)
		number = most;
	else if (!num_parse_u64(mask, most, &number))
		return !network->is_v6 && parse_dotted_mask(mask, bits);
	*bits = (unsigned)number;
	return true;
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
	       memcmp(a->byte, b->byte, a->is_v6 ? V6_BYTES : V4_BYTES) == 0;
}

bool
ip_is_inside(const struct ip *ip, const struct ip *network, unsigned bits)
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

bool
ip_is_global_v6(const struct ip *ip)
{
	static const struct ip global = {true, {0x20}};

	return ip_is_inside(ip, &global, GLOBAL_V6_BITS);
}
