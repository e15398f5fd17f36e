/* SPDX-License-Identifier: ISC */
#include "qmail/smtproutes.h"

#include <sys/stat.h>

#include "base/file.h"
#include "tests/support/unit.h"

static const struct {
	struct span value, relay;
	uint16_t port;
	bool is_tls;
	struct span user, password;
} values[] = {
    {SPAN_INIT(""), SPAN_INIT(""), 25, false, {0}, {0}},
    {SPAN_INIT("relay.example"), SPAN_INIT("relay.example"), 25, false, {0},
        {0}},
    {SPAN_INIT("relay.example:26"), SPAN_INIT("relay.example"), 26, false, {0},
        {0}},
    {SPAN_INIT("relay.example;26"), SPAN_INIT("relay.example"), 26, false, {0},
        {0}},
    {SPAN_INIT("relay.example:s465"), SPAN_INIT("relay.example"), 465, true,
        {0}, {0}},
    {SPAN_INIT("relay:26x"), SPAN_INIT("relay"), 26, false, {0}, {0}},
    {SPAN_INIT("relay:"), SPAN_INIT("relay"), 0, false, {0}, {0}},
    {SPAN_INIT("relay:abc"), SPAN_INIT("relay"), 0, false, {0}, {0}},
    {SPAN_INIT("relay:65536"), SPAN_INIT("relay"), 0, false, {0}, {0}},
    {SPAN_INIT("relay:1:2"), SPAN_INIT("relay"), 1, false, {0}, {0}},
    {SPAN_INIT(" relay"), SPAN_INIT(" relay"), 25, false, {0}, {0}},
    {SPAN_INIT(":26"), SPAN_INIT(""), 26, false, {0}, {0}},
    {SPAN_INIT("[192.0.2.1]"), SPAN_INIT("192.0.2.1"), 25, false, {0}, {0}},
    {SPAN_INIT("[2001:db8::1]:26"), SPAN_INIT("2001:db8::1"), 26, false, {0},
        {0}},
    {SPAN_INIT("[2001:db8::1"), SPAN_INIT("2001:db8::1"), 25, false, {0}, {0}},
    {SPAN_INIT("[2001:db8::1]26"), SPAN_INIT("2001:db8::1"), 0, false, {0},
        {0}},
    {SPAN_INIT("["), SPAN_INIT(""), 25, false, {0}, {0}},
    {SPAN_INIT("relay:587|me|se|cret"), SPAN_INIT("relay"), 587, false,
        SPAN_INIT("me"), SPAN_INIT("se|cret")},
    {SPAN_INIT("relay|me"), SPAN_INIT("relay"), 25, false, SPAN_INIT("me"),
        SPAN_INIT("")},
};

START_TEST(parse)
{
	struct smtproute r;

	smtproute_parse(values[_i].value, &r);
	ck_span(r.relay, values[_i].relay, values[_i].value.p);
	ck_assert_uint_eq(r.port, values[_i].port);
	ck_assert_int_eq(r.is_tls, values[_i].is_tls);
	ck_assert_int_eq(r.has_login, values[_i].user.p != NULL);
	ck_span(r.user, values[_i].user, "user");
	ck_span(r.password, values[_i].password, "password");
}
END_TEST

static const struct span file = SPAN_INIT("a.example:first\n"
                                          "no colon\n"
                                          ".example:suffix\n"
                                          ".sub.example:\n"
                                          "A.EXAMPLE:exact:26\n"
                                          " b.example:never\n"
                                          "!@:bounces\n"
                                          ":default\n");

static const struct {
	struct span host;
	bool has_sender;
	struct span relay;
} lookups[] = {
    {SPAN_INIT("A.Example"), true, SPAN_INIT("exact")},
    {SPAN_INIT("b.example"), true, SPAN_INIT("suffix")},
    {SPAN_INIT("x.y.example"), true, SPAN_INIT("suffix")},
    {SPAN_INIT("x.sub.example"), true, SPAN_INIT("")},
    {SPAN_INIT("example"), true, SPAN_INIT("default")},
    {SPAN_INIT(""), true, SPAN_INIT("default")},
    {SPAN_INIT("a.example"), false, SPAN_INIT("bounces")},
};

static void
load(struct constmap *routes, struct span text)
{
	static const struct hash_seed seed = {{1, 2}};
	struct control c;
	int home = open_tmp_dir();
	struct err e;

	ck_assert_int_eq(mkdirat(home, "control", 0700), 0);
	if (text.p != NULL)
		ck_assert_int_eq(file_replace(home, "control/smtproutes", text,
		                     0600, &e),
		    0);
	ck_assert_int_eq(control_open(&c, home, &e), 0);
	ck_assert_int_eq(smtproutes_load(routes, &c, &seed, &e), 0);
	control_close(&c);
}

START_TEST(find)
{
	struct constmap routes;
	struct smtproute r;

	load(&routes, file);
	ck_assert(smtproutes_find(&routes, lookups[_i].host,
	    lookups[_i].has_sender, &r));
	ck_span(r.relay, lookups[_i].relay, lookups[_i].host.p);
	constmap_free(&routes);
}
END_TEST

START_TEST(no_file_is_no_route)
{
	struct constmap routes;
	struct smtproute r;

	load(&routes, (struct span){0});
	ck_assert(!smtproutes_find(&routes, SPAN("a.example"), false, &r));
	constmap_free(&routes);
}
END_TEST

int
main(void)
{
	TCase *t = unit_begin("qmail/smtproutes");

	tcase_add_loop_test(t, parse, 0, ROWS(values));
	tcase_add_loop_test(t, find, 0, ROWS(lookups));
	tcase_add_test(t, no_file_is_no_route);
	return unit_end();
}
