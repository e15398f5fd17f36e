/* SPDX-License-Identifier: ISC */
#include "fmt/ip.h"

#include "tests/support/unit.h"

enum form { PLAIN, CLASSIC, LITERAL };

static bool
parse(enum form form, struct span text, struct ip *ip)
{
	switch (form) {
	case PLAIN:
		return ip_parse(text, ip);
	case CLASSIC:
		return ip_parse_classic(text, ip);
	case LITERAL:
		break;
	}
	return ip_parse_literal(text, ip);
}

/* want empty: no address */
static const struct {
	enum form form;
	struct span text, want;
} cases[] = {
    {PLAIN, SPAN_INIT("192.0.2.1"), SPAN_INIT("192.0.2.1")},
    {PLAIN, SPAN_INIT("2001:DB8:0::1"), SPAN_INIT("2001:db8::1")},
    {PLAIN, SPAN_INIT("::ffff:192.0.2.1"), SPAN_INIT("192.0.2.1")},
    {PLAIN, SPAN_INIT("::192.0.2.1"), SPAN_INIT("::192.0.2.1")},
    {PLAIN, SPAN_INIT(""), SPAN_INIT("")},
    {PLAIN, SPAN_INIT("192.0.2"), SPAN_INIT("")},
    {PLAIN, SPAN_INIT("192.0.2.256"), SPAN_INIT("")},
    {PLAIN, SPAN_INIT("192.0.2.01"), SPAN_INIT("")},
    {PLAIN, SPAN_INIT("192.0.2.1\0"), SPAN_INIT("")},
    {PLAIN, SPAN_INIT(" 192.0.2.1"), SPAN_INIT("")},
    {PLAIN, SPAN_INIT("[192.0.2.1]"), SPAN_INIT("")},
    {PLAIN, SPAN_INIT("fe80::1%eth0"), SPAN_INIT("")},
    {PLAIN, SPAN_INIT("a.example"), SPAN_INIT("")},
    {CLASSIC, SPAN_INIT("192.000.002.01"), SPAN_INIT("192.0.2.1")},
    {CLASSIC, SPAN_INIT("383.256.258.99999999999999999999999"),
        SPAN_INIT("127.0.2.255")},
    {CLASSIC, SPAN_INIT("192.0.2.1."), SPAN_INIT("")},
    {CLASSIC, SPAN_INIT("192.0..1"), SPAN_INIT("")},
    {CLASSIC, SPAN_INIT("192.0.2"), SPAN_INIT("")},
    {CLASSIC, SPAN_INIT("2001:db8::1"), SPAN_INIT("2001:db8::1")},
    {CLASSIC, SPAN_INIT("192.0.2.1.example"), SPAN_INIT("")},
    {LITERAL, SPAN_INIT("[192.0.2.1]"), SPAN_INIT("192.0.2.1")},
    {LITERAL, SPAN_INIT("[2001:db8::1]"), SPAN_INIT("2001:db8::1")},
    {LITERAL, SPAN_INIT("[iPv6:2001:db8::1]"), SPAN_INIT("2001:db8::1")},
    {LITERAL, SPAN_INIT("[IPv6:192.0.2.1]"), SPAN_INIT("")},
    {LITERAL, SPAN_INIT("192.0.2.1"), SPAN_INIT("")},
    {LITERAL, SPAN_INIT("[192.0.2.1"), SPAN_INIT("")},
    {LITERAL, SPAN_INIT("["), SPAN_INIT("")},
    {LITERAL, SPAN_INIT("[]"), SPAN_INIT("")},
};

START_TEST(addresses)
{
	struct str out = {0};
	struct ip ip;

	if (parse(cases[_i].form, cases[_i].text, &ip))
		ip_put(&out, &ip);
	ck_span(str_span(&out), cases[_i].want, cases[_i].text.p);
	str_free(&out);
}
END_TEST

static const struct {
	struct span text;
	bool ok;
	struct span ip;
	uint16_t port;
} ports[] = {
    {SPAN_INIT("192.0.2.1"), true, SPAN_INIT("192.0.2.1"), 53},
    {SPAN_INIT("192.0.2.1:5300"), true, SPAN_INIT("192.0.2.1"), 5300},
    {SPAN_INIT("2001:db8::1"), true, SPAN_INIT("2001:db8::1"), 53},
    {SPAN_INIT("2001:db8::1:5300"), true, SPAN_INIT("2001:db8::1:5300"), 53},
    {SPAN_INIT("[2001:db8::1]"), true, SPAN_INIT("2001:db8::1"), 53},
    {SPAN_INIT("[2001:db8::1]:5300"), true, SPAN_INIT("2001:db8::1"), 5300},
    {SPAN_INIT("192.0.2.1:0"), false, {0}, 0},
    {SPAN_INIT("192.0.2.1:65536"), false, {0}, 0},
    {SPAN_INIT("192.0.2.1:"), false, {0}, 0},
    {SPAN_INIT("192.0.2.1:x"), false, {0}, 0},
    {SPAN_INIT("[2001:db8::1]5300"), false, {0}, 0},
    {SPAN_INIT("localhost:53"), false, {0}, 0},
    {SPAN_INIT(""), false, {0}, 0},
};

START_TEST(addresses_with_ports)
{
	struct str out = {0};
	uint16_t port = 53;
	struct ip ip;

	ck_assert_msg(ip_parse_port(ports[_i].text, &ip, &port) == ports[_i].ok,
	    "%s", ports[_i].text.p);
	if (!ports[_i].ok)
		return;
	ip_put(&out, &ip);
	ck_span(str_span(&out), ports[_i].ip, ports[_i].text.p);
	ck_assert_uint_eq(port, ports[_i].port);
	str_free(&out);
}
END_TEST

static const struct {
	struct span text;
	int bits; /* -1: no network */
} networks[] = {
    {SPAN_INIT("192.0.2.0/24"), 24},
    {SPAN_INIT("192.0.2.1"), 32},
    {SPAN_INIT("0.0.0.0/0"), 0},
    {SPAN_INIT("192.0.2.0/255.255.254.0"), 23},
    {SPAN_INIT("192.0.2.0/255.255.255.255"), 32},
    {SPAN_INIT("192.0.2.0/0.0.0.0"), 0},
    {SPAN_INIT("192.0.2.0/255.0.255.0"), -1},
    {SPAN_INIT("192.0.2.0/33"), -1},
    {SPAN_INIT("192.0.2.0/"), -1},
    {SPAN_INIT("/24"), -1},
    {SPAN_INIT("2001:db8::/32"), 32},
    {SPAN_INIT("2001:db8::1"), 128},
    {SPAN_INIT("2001:db8::/129"), -1},
    {SPAN_INIT("2001:db8::/255.255.0.0"), -1},
};

START_TEST(networks_in_all_forms)
{
	struct ip network;
	unsigned bits = 0;
	bool ok = ip_parse_network(networks[_i].text, &network, &bits);

	ck_assert_msg(ok == (networks[_i].bits != -1), "%s",
	    networks[_i].text.p);
	if (ok)
		ck_assert_int_eq((int)bits, networks[_i].bits);
}
END_TEST

static const struct {
	struct span ip, network;
	bool want;
} members[] = {
    {SPAN_INIT("192.0.2.9"), SPAN_INIT("192.0.2.8/31"), true},
    {SPAN_INIT("192.0.2.10"), SPAN_INIT("192.0.2.8/31"), false},
    {SPAN_INIT("255.0.0.1"), SPAN_INIT("0.0.0.0/0"), true},
    {SPAN_INIT("2001:db8:1::"), SPAN_INIT("2001:db8::/32"), true},
    {SPAN_INIT("2001:db9::"), SPAN_INIT("2001:db8::/32"), false},
    {SPAN_INIT("::1"), SPAN_INIT("0.0.0.0/0"), false},
    {SPAN_INIT("192.0.2.1"), SPAN_INIT("::/0"), false},
};

START_TEST(inside)
{
	struct ip ip, network;
	unsigned bits;

	ck_assert(ip_parse(members[_i].ip, &ip));
	ck_assert(ip_parse_network(members[_i].network, &network, &bits));
	ck_assert_msg(ip_is_inside(&ip, &network, bits) == members[_i].want,
	    "%s", members[_i].ip.p);
}
END_TEST

START_TEST(global_v6)
{
	struct ip ip;

	ck_assert(ip_parse(SPAN("2001:db8::1"), &ip) && ip_is_global_v6(&ip));
	ck_assert(ip_parse(SPAN("fe80::1"), &ip) && !ip_is_global_v6(&ip));
	ck_assert(ip_parse(SPAN("fd00::1"), &ip) && !ip_is_global_v6(&ip));
	ck_assert(ip_parse(SPAN("::1"), &ip) && !ip_is_global_v6(&ip));
	ck_assert(ip_parse(SPAN("32.0.0.1"), &ip) && !ip_is_global_v6(&ip));
}
END_TEST

int
main(void)
{
	TCase *t = unit_begin("fmt/ip");

	tcase_add_loop_test(t, addresses, 0, ROWS(cases));
	tcase_add_loop_test(t, addresses_with_ports, 0, ROWS(ports));
	tcase_add_loop_test(t, networks_in_all_forms, 0, ROWS(networks));
	tcase_add_loop_test(t, inside, 0, ROWS(members));
	tcase_add_test(t, global_v6);
	return unit_end();
}
