/* SPDX-License-Identifier: ISC */
#include "net/dns_answer.h"

#include <stdlib.h>

#include "tests/support/unit.h"

/* Messages are built byte by byte: header, one question, answers. */
enum { A = 1, CNAME = 5, PTR = 12, MX = 15, AAAA = 28 };

static void
put16(struct str *m, unsigned value)
{
	str_putc(m, (char)(value >> 8 & 0xff));
	str_putc(m, (char)(value & 0xff));
}

static void
put_name(struct str *m, const char *name)
{
	struct span rest = span_cstr(name);

	while (rest.n > 0) {
		size_t dot = span_find(rest, '.', 0);

		str_putc(m, (char)dot);
		str_put(m, span_first(rest, dot));
		rest = span_from(rest, dot + 1);
	}
	str_putc(m, '\0');
}

static struct str
question(const char *name, unsigned type)
{
	struct str m = {0};

	str_put(&m, SPAN("\x12\x34\x81\x80\0\1\0\0\0\0\0\0"));
	put_name(&m, name);
	put16(&m, type);
	put16(&m, 1);
	return m;
}

static void
answer(struct str *m, const char *owner, unsigned type, struct span data)
{
	m->p[7]++; /* number of answers */
	put_name(m, owner);
	put16(m, type);
	put16(m, 1);
	str_put(m, SPAN("\0\0\0\x3c"));
	put16(m, (unsigned)data.n);
	str_put(m, data);
}

static void
answer_name(struct str *m, const char *owner, unsigned type, int preference,
    const char *target)
{
	struct str data = {0};

	if (preference >= 0)
		put16(&data, (unsigned)preference);
	put_name(&data, target);
	answer(m, owner, type, str_span(&data));
	str_free(&data);
}

static const unsigned char *
bytes(const struct str *m)
{
	return (const unsigned char *)m->p;
}

START_TEST(mail_exchangers)
{
	struct str m = question("x.example", MX);
	struct dns_mx mx[4];

	answer_name(&m, "X.Example", MX, 10, "a.example");
	answer_name(&m, "x.example", MX, 65535, "");
	answer_name(&m, "x.example", A, -1, "abc");
	answer_name(&m, "other.example", MX, 1, "evil.example");
	ck_assert_uint_eq(dns_answer_mx(bytes(&m), m.n, mx, 4), 2);
	ck_assert_uint_eq(mx[0].preference, 10);
	ck_assert_str_eq(mx[0].name, "a.example");
	ck_assert_uint_eq(mx[1].preference, 65535);
	ck_assert_str_eq(mx[1].name, "");
	ck_assert_uint_eq(dns_answer_mx(bytes(&m), m.n, mx, 1), 1);
	str_free(&m);
}
END_TEST

START_TEST(addresses_of_both_families)
{
	static const struct span v6 =
	    SPAN_INIT("\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1");
	struct str m = question("h.example", A);
	struct ip list[4];

	answer(&m, "h.example", A, SPAN("\xc0\0\2\1"));
	answer(&m, "h.example", AAAA, v6);
	answer(&m, "h.example", A, SPAN("\xc0\0\2")); /* too short */
	answer(&m, "h.example", A, SPAN("\xc0\0\2\2"));
	ck_assert_uint_eq(dns_answer_addresses(bytes(&m), m.n, false, list, 4),
	    2);
	ck_assert(!list[0].is_v6 && list[0].byte[3] == 1);
	ck_assert(list[1].byte[3] == 2);
	ck_assert_uint_eq(dns_answer_addresses(bytes(&m), m.n, true, list, 4),
	    1);
	ck_assert(list[0].is_v6 && list[0].byte[15] == 1);
	str_free(&m);
}
END_TEST

START_TEST(aliases_are_followed_in_any_order)
{
	struct str m = question("w.example", A);
	struct ip list[2];

	answer(&m, "c.example", A, SPAN("\xc0\0\2\1"));
	answer_name(&m, "b.example", CNAME, -1, "c.example");
	answer_name(&m, "w.example", CNAME, -1, "B.example");
	ck_assert_uint_eq(dns_answer_addresses(bytes(&m), m.n, false, list, 2),
	    1);
	str_free(&m);
}
END_TEST

START_TEST(eight_aliases_and_no_more)
{
	for (int steps = 8; steps <= 9; steps++) {
		struct str m = question("a0", A);
		struct ip list[2];
		char from[] = "a0", to[] = "a1";

		for (int i = 0; i < steps; i++) {
			answer_name(&m, from, CNAME, -1, to);
			from[1]++;
			to[1]++;
		}
		answer(&m, from, A, SPAN("\xc0\0\2\1"));
		ck_assert_uint_eq(dns_answer_addresses(bytes(&m), m.n, false,
		                      list, 2),
		    steps == 8 ? 1 : 0);
		str_free(&m);
	}
}
END_TEST

START_TEST(aliases_in_a_circle_end)
{
	struct str m = question("a", A);
	struct ip list[2];

	answer_name(&m, "a", CNAME, -1, "b");
	answer_name(&m, "b", CNAME, -1, "a");
	answer_name(&m, "c", CNAME, -1, "c");
	ck_assert_uint_eq(dns_answer_addresses(bytes(&m), m.n, false, list, 2),
	    0);
	str_free(&m);
}
END_TEST

/* Nothing is ever read outside of a message that was cut; a sanitizer build
 * proves it. */
START_TEST(cut_anywhere)
{
	struct str m = question("x.example", MX);
	struct dns_mx mx[4];

	answer_name(&m, "x.example", MX, 10, "a.example");
	answer_name(&m, "x.example", MX, 20, "b.example");
	for (size_t n = 0; n < m.n; n++) {
		unsigned char *copy = malloc(n + 1);

		ck_assert_ptr_nonnull(copy);
		memcpy(copy, m.p, n);
		ck_assert_uint_eq(dns_answer_mx(copy, n, mx, 4), 0);
		free(copy);
	}
	ck_assert_uint_eq(dns_answer_mx(bytes(&m), m.n, mx, 4), 2);
	str_free(&m);
}
END_TEST

START_TEST(a_name_that_points_to_itself_ends)
{
	struct str m = question("x.example", MX);
	struct dns_mx mx[2];

	answer(&m, "x.example", MX, SPAN("\0\x0a\xc0\x0c"));
	ck_assert_uint_eq(dns_answer_mx(bytes(&m), m.n, mx, 2), 1);
	ck_assert_str_eq(mx[0].name, "x.example");
	str_free(&m);
	m = question("x.example", MX);
	/* the compressed name lies behind its own pointer: where it points to
	 * is 12 + 15 bytes, owner, 10 bytes, preference */
	answer(&m, "x.example", MX, SPAN("\0\x0a\xc0\x32"));
	ck_assert_uint_eq(dns_answer_mx(bytes(&m), m.n, mx, 2), 0);
	str_free(&m);
}
END_TEST

START_TEST(pointer_records)
{
	struct str m = question("1.2.0.192.in-addr.arpa", PTR);
	char name[DNS_NAME_MAX + 1];

	ck_assert(!dns_answer_name(bytes(&m), m.n, name));
	answer_name(&m, "1.2.0.192.in-addr.arpa", CNAME, -1, "1.sub.example");
	answer_name(&m, "1.sub.example", PTR, -1, "h.example");
	ck_assert(dns_answer_name(bytes(&m), m.n, name));
	ck_assert_str_eq(name, "h.example");
	str_free(&m);
}
END_TEST

static const struct {
	struct span ip;
	const char *want;
} reverses[] = {
    {SPAN_INIT("192.0.2.1"), "1.2.0.192.in-addr.arpa"},
    {SPAN_INIT("255.255.255.255"), "255.255.255.255.in-addr.arpa"},
    {SPAN_INIT("2001:db8::fe"), "e.f.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0."
                                "0.8.b.d.0.1.0.0.2.ip6.arpa"},
};

START_TEST(reverse_names)
{
	char text[DNS_NAME_MAX + 1];
	struct ip ip;

	ck_assert(ip_parse(reverses[_i].ip, &ip));
	dns_put_reverse(&ip, text);
	ck_assert_str_eq(text, reverses[_i].want);
}
END_TEST

#define L63 "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffggg"

static const struct {
	struct span name;
	bool want;
} names[] = {
    {SPAN_INIT("a.example"), true},
    {SPAN_INIT("a.example."), true},
    {SPAN_INIT("_x._tcp.a"), true},
    {SPAN_INIT(" relay"), true},
    {SPAN_INIT(L63 ".b"), true},
    {SPAN_INIT(L63 "x.b"), false},
    {SPAN_INIT(""), false},
    {SPAN_INIT("."), false},
    {SPAN_INIT("a..b"), false},
    {SPAN_INIT(".a"), false},
    {SPAN_INIT("a.b.."), false},
    {SPAN_INIT("a\0b"), false},
    {SPAN_INIT(L63 "." L63 "." L63 "." L63), true},
    {SPAN_INIT(L63 "." L63 "." L63 "." L63 ".b"), false},
};

START_TEST(names_that_can_be_asked_for)
{
	ck_assert_msg(dns_is_name(names[_i].name) == names[_i].want, "%s",
	    names[_i].name.p);
}
END_TEST

int
main(void)
{
	TCase *t = unit_begin("net/dns_answer");

	tcase_add_test(t, mail_exchangers);
	tcase_add_test(t, addresses_of_both_families);
	tcase_add_test(t, aliases_are_followed_in_any_order);
	tcase_add_test(t, eight_aliases_and_no_more);
	tcase_add_test(t, aliases_in_a_circle_end);
	tcase_add_test(t, cut_anywhere);
	tcase_add_test(t, a_name_that_points_to_itself_ends);
	tcase_add_test(t, pointer_records);
	tcase_add_loop_test(t, reverse_names, 0, ROWS(reverses));
	tcase_add_loop_test(t, names_that_can_be_asked_for, 0, ROWS(names));
	return unit_end();
}
