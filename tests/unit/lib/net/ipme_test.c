/* SPDX-License-Identifier: ISC */
#include "net/ipme.h"

#include "tests/support/unit.h"

static const struct {
	const char *label;
	struct span more, notme, ip;
	bool want;
} cases[] = {
    {"nothing is listed", SPAN_INIT(""), SPAN_INIT(""), SPAN_INIT("192.0.2.1"),
        false},
    {"a network", SPAN_INIT("192.0.2.0/24\0"), SPAN_INIT(""),
        SPAN_INIT("192.0.2.1"), true},
    {"beside it", SPAN_INIT("192.0.2.0/24\0"), SPAN_INIT(""),
        SPAN_INIT("192.0.3.1"), false},
    {"the longer mask wins", SPAN_INIT("192.0.2.0/24\0"),
        SPAN_INIT("192.0.2.1\0"), SPAN_INIT("192.0.2.1"), false},
    {"either way", SPAN_INIT("192.0.2.1\0"), SPAN_INIT("192.0.2.0/24\0"),
        SPAN_INIT("192.0.2.1"), true},
    {"notipme wins a tie", SPAN_INIT("192.0.2.1\0"), SPAN_INIT("192.0.2.1\0"),
        SPAN_INIT("192.0.2.1"), false},
    {"the best of many",
        SPAN_INIT("10.0.0.0/8\0"
                  "10.1.2.0/24\0"),
        SPAN_INIT("10.1.0.0/16\0"), SPAN_INIT("10.1.2.3"), true},
    {"IPv6", SPAN_INIT("2001:db8::/32\0"), SPAN_INIT(""),
        SPAN_INIT("2001:db8::7"), true},
    {"what is no address is skipped",
        SPAN_INIT("here.example\0192.0.2.300\0"
                  "192.0.2.2\0"),
        SPAN_INIT(""), SPAN_INIT("192.0.2.2"), true},
};

START_TEST(lists)
{
	struct ipme m = {0};
	struct ip ip;

	ck_assert(ipme_add_list(&m, cases[_i].more, true));
	ck_assert(ipme_add_list(&m, cases[_i].notme, false));
	ck_assert(ip_parse(cases[_i].ip, &ip));
	ck_assert_msg(ipme_is_me(&m, &ip) == cases[_i].want, "%s",
	    cases[_i].label);
	ipme_free(&m);
}
END_TEST

START_TEST(loopback_is_always_here)
{
	static const struct span here[] = {SPAN_INIT("127.0.0.1"),
	    SPAN_INIT("127.255.1.2"), SPAN_INIT("0.0.0.0"), SPAN_INIT("::1"),
	    SPAN_INIT("::")};
	struct ipme m = {0};
	struct err e;
	struct ip ip;

	ck_assert_int_eq(ipme_add_interfaces(&m, &e), 0);
	for (int i = 0; i < ROWS(here); i++) {
		ck_assert(ip_parse(here[i], &ip));
		ck_assert_msg(ipme_is_me(&m, &ip), "%s", here[i].p);
	}
	/* reserved for documentation: nobody has it */
	ck_assert(ip_parse(SPAN("203.0.113.77"), &ip));
	ck_assert(!ipme_is_me(&m, &ip));
	ipme_free(&m);
}
END_TEST

int
main(void)
{
	TCase *t = unit_begin("net/ipme");

	tcase_add_loop_test(t, lists, 0, ROWS(cases));
	tcase_add_test(t, loopback_is_always_here);
	return unit_end();
}
