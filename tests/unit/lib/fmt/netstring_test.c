/* SPDX-License-Identifier: ISC */
#include "fmt/netstring.h"

#include "tests/support/unit.h"

static const struct {
	const char *label;
	struct span in;
	size_t max;
	enum netstring_status want;
	struct span payload;
	size_t rest; /* bytes left after the call */
} cases[] = {
    {"empty", SPAN_INIT("0:,"), 10, NETSTRING_OK, SPAN_INIT(""), 0},
    {"NUL", SPAN_INIT("3:a\0b,x"), 10, NETSTRING_OK, SPAN_INIT("a\0b"), 1},
    {"leading zero", SPAN_INIT("01:a,"), 10, NETSTRING_OK, SPAN_INIT("a"), 0},
    {"no input", SPAN_INIT(""), 10, NETSTRING_MORE, {0}, 0},
    {"cut in length", SPAN_INIT("1"), 10, NETSTRING_MORE, {0}, 1},
    {"cut in payload", SPAN_INIT("3:ab"), 10, NETSTRING_MORE, {0}, 4},
    {"cut before comma", SPAN_INIT("2:ab"), 10, NETSTRING_MORE, {0}, 4},
    {"no comma", SPAN_INIT("1:ab"), 10, NETSTRING_BAD, {0}, 4},
    {"no length", SPAN_INIT(":,"), 10, NETSTRING_BAD, {0}, 2},
    {"letter in length", SPAN_INIT("1x:a,"), 10, NETSTRING_BAD, {0}, 5},
    {"over the limit", SPAN_INIT("11:"), 10, NETSTRING_LONG, {0}, 3},
    {"size_t overflow", SPAN_INIT("99999999999999999999:"), SIZE_MAX,
        NETSTRING_LONG, {0}, 21},
};

START_TEST(take)
{
	struct span in = cases[_i].in, payload = {0};
	enum netstring_status got;

	got = netstring_take(&in, cases[_i].max, &payload);
	ck_assert_msg(got == cases[_i].want, "%s: got %d", cases[_i].label,
	    (int)got);
	ck_assert_uint_eq(in.n, cases[_i].rest);
	ck_span(payload, cases[_i].payload, cases[_i].label);
}
END_TEST

START_TEST(what_is_put_can_be_taken)
{
	struct str out = {0};
	struct span in, payload = {0};

	netstring_put(&out, SPAN("hello\n"));
	ck_span(str_span(&out), SPAN("6:hello\n,"), "bytes");
	in = str_span(&out);
	ck_assert_int_eq(netstring_take(&in, 6, &payload), NETSTRING_OK);
	ck_span(payload, SPAN("hello\n"), "payload");
	str_free(&out);
}
END_TEST

int
main(void)
{
	TCase *t = unit_begin("fmt/netstring");

	tcase_add_loop_test(t, take, 0, ROWS(cases));
	tcase_add_test(t, what_is_put_can_be_taken);
	return unit_end();
}
