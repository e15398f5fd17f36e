/* SPDX-License-Identifier: ISC */
#include "fmt/utf8.h"

#include "tests/support/unit.h"

static const struct {
	const char *label;
	struct span in;
	bool ok;
	uint32_t code;
	size_t rest;
} cases[] = {
    {"empty", SPAN_INIT(""), false, 0, 0},
    {"NUL", SPAN_INIT("\0x"), true, 0, 1},
    {"ASCII", SPAN_INIT("az"), true, 'a', 1},
    {"two bytes, least", SPAN_INIT("\302\200"), true, 0x80, 0},
    {"two bytes, most", SPAN_INIT("\337\277x"), true, 0x7ff, 1},
    {"three bytes, least", SPAN_INIT("\340\240\200"), true, 0x800, 0},
    {"three bytes, most", SPAN_INIT("\357\277\277"), true, 0xffff, 0},
    {"four bytes, least", SPAN_INIT("\360\220\200\200"), true, 0x10000, 0},
    {"four bytes, most", SPAN_INIT("\364\217\277\277"), true, 0x10ffff, 0},
    {"above the last", SPAN_INIT("\364\220\200\200"), false, 0, 4},
    {"continuation first", SPAN_INIT("\200"), false, 0, 1},
    {"overlong NUL", SPAN_INIT("\300\200"), false, 0, 2},
    {"overlong slash", SPAN_INIT("\340\200\257"), false, 0, 3},
    {"overlong in four", SPAN_INIT("\360\217\277\277"), false, 0, 4},
    {"surrogate", SPAN_INIT("\355\240\200"), false, 0, 3},
    {"last surrogate", SPAN_INIT("\355\277\277"), false, 0, 3},
    {"before surrogates", SPAN_INIT("\355\237\277"), true, 0xd7ff, 0},
    {"cut", SPAN_INIT("\342\202"), false, 0, 2},
    {"broken", SPAN_INIT("\342x\202"), false, 0, 3},
    {"five bytes", SPAN_INIT("\370\210\200\200\200"), false, 0, 5},
    {"no lead byte", SPAN_INIT("\377"), false, 0, 1},
};

START_TEST(take)
{
	struct span in = cases[_i].in;
	uint32_t code = 0;

	ck_assert_msg(utf8_take(&in, &code) == cases[_i].ok, "%s",
	    cases[_i].label);
	ck_assert_uint_eq(code, cases[_i].code);
	ck_assert_uint_eq(in.n, cases[_i].rest);
}
END_TEST

START_TEST(valid)
{
	ck_assert(utf8_is_valid(SPAN("")));
	ck_assert(utf8_is_valid(SPAN("gr\303\274n\0\342\202\254")));
	ck_assert(!utf8_is_valid(SPAN("gr\303\274n\377")));
	ck_assert(!utf8_is_valid(SPAN("ends in the middle \342\202")));
}
END_TEST

int
main(void)
{
	TCase *t = unit_begin("fmt/utf8");

	tcase_add_loop_test(t, take, 0, ROWS(cases));
	tcase_add_test(t, valid);
	return unit_end();
}
