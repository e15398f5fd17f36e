/* SPDX-License-Identifier: ISC */
#include "fmt/rfc822_print.h"

#include "tests/support/unit.h"

#define A10 "aaaaaaaaaa"
#define A20 A10 A10
#define A40 A20 A20

static const struct {
	const char *label;
	struct span in;
	struct span want;
} cases[] = {
    {"name only", SPAN_INIT("To:"), SPAN_INIT("To:\n")},
    {"address", SPAN_INIT("To:a . b@c"), SPAN_INIT("To: a.b@c\n")},
    {"angle", SPAN_INIT("To:<a@b>"), SPAN_INIT("To: <a@b>\n")},
    {"angle first", SPAN_INIT("<a"), SPAN_INIT("<a\n")},
    {"phrase", SPAN_INIT("To:Joe\"B\"(c)<a@b>"),
        SPAN_INIT("To: Joe \"B\" (c) <a@b>\n")},
    {"group", SPAN_INIT("To:g:a,b;,c"), SPAN_INIT("To: g: a, b;, c\n")},
    {"commas", SPAN_INIT("To:,,,"), SPAN_INIT("To: , , ,\n")},
    {"escapes", SPAN_INIT("To:\"\\\"\\\\[]()\\\r\\\n\""),
        SPAN_INIT("To: \"\\\"\\\\\\[\\]\\(\\)\\\r\\\n\"\n")},
    {"escaped atom", SPAN_INIT("To:a\\(b"), SPAN_INIT("To: a\\(b\n")},
    {"78 bytes stay together", SPAN_INIT("To:" A40 ",bb" A20 A10),
        SPAN_INIT("To: " A40 ", bb" A20 A10 "\n")},
    {"one more does not", SPAN_INIT("To:" A40 ",bbb" A20 A10),
        SPAN_INIT("To: " A40 ",\n  bbb" A20 A10 "\n")},
    {"the comma counts", SPAN_INIT("To:" A40 ",bb" A20 A10 ",c"),
        SPAN_INIT("To: " A40 ",\n  bb" A20 A10 ", c\n")},
    {"never but after a comma", SPAN_INIT("To:" A40 " " A40 " " A40 ",b"),
        SPAN_INIT("To: " A40 " " A40 " " A40 ",\n  b\n")},
};

START_TEST(print)
{
	struct str out = {0};
	struct rfc822_tokens t = {0};

	ck_assert_int_eq(rfc822_tokens_parse(cases[_i].in, &t), RFC822_OK);
	str_put(&out, SPAN("before\n"));
	rfc822_print(&out, &t);
	ck_assert(str_ok(&out));
	ck_span(span_from(str_span(&out), 7), cases[_i].want, cases[_i].label);
	rfc822_tokens_free(&t);
	str_free(&out);
}
END_TEST

int
main(void)
{
	tcase_add_loop_test(unit_begin("fmt/rfc822_print"), print, 0,
	    ROWS(cases));
	return unit_end();
}
