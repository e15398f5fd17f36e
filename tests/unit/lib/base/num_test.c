/* SPDX-License-Identifier: ISC */
#include "base/num.h"

#include "tests/support/unit.h"

static const struct {
	struct span text;
	uint64_t max;
	bool plain, canonical;
	uint64_t value;
} cases[] = {
    {SPAN_INIT("0"), 10, true, true, 0},
    {SPAN_INIT("10"), 10, true, true, 10},
    {SPAN_INIT("11"), 10, false, false, 0},
    {SPAN_INIT("007"), 10, true, false, 7},
    {SPAN_INIT(""), 10, false, false, 0},
    {SPAN_INIT("-1"), 10, false, false, 0},
    {SPAN_INIT(" 1"), 10, false, false, 0},
    {SPAN_INIT("1 "), 10, false, false, 0},
    {SPAN_INIT("1\0"), 10, false, false, 0},
    {SPAN_INIT("18446744073709551615"), UINT64_MAX, true, true, UINT64_MAX},
    {SPAN_INIT("18446744073709551616"), UINT64_MAX, false, false, 0},
    {SPAN_INIT("99999999999999999999999"), UINT64_MAX, false, false, 0},
};

START_TEST(parse)
{
	uint64_t value = 99;

	ck_assert_int_eq(num_parse_u64(cases[_i].text, cases[_i].max, &value),
	    cases[_i].plain);
	ck_assert_uint_eq(value, cases[_i].plain ? cases[_i].value : 99);
	ck_assert_int_eq(num_parse_canonical(cases[_i].text, cases[_i].max,
	                     &value),
	    cases[_i].canonical);
}
END_TEST

START_TEST(take_clamps_and_leaves_the_rest)
{
	struct span text = SPAN("99999999999999999999x");
	uint64_t value = 0;

	ck_assert(num_take_u64(&text, INT32_MAX, &value));
	ck_assert_uint_eq(value, INT32_MAX);
	ck_span(text, SPAN("x"), "rest");
	ck_assert(!num_take_u64(&text, INT32_MAX, &value));
	ck_span(text, SPAN("x"), "rest of refusal");
}
END_TEST

START_TEST(octal)
{
	uint64_t value = 0;

	ck_assert(num_parse_octal(SPAN("4711"), 07777, &value));
	ck_assert_uint_eq(value, 04711);
	ck_assert(!num_parse_octal(SPAN("8"), 07777, &value));
	ck_assert(!num_parse_octal(SPAN("10000"), 07777, &value));
}
END_TEST

START_TEST(square_root_is_the_largest_whose_square_fits)
{
	for (uint64_t r = 0; r < 3000; r++) {
		ck_assert_uint_eq(num_isqrt(r * r), r);
		ck_assert_uint_eq(num_isqrt(r * r + 2 * r), r);
	}
	ck_assert_uint_eq(num_isqrt(UINT64_MAX), UINT32_MAX);
}
END_TEST

START_TEST(little_endian_both_ways)
{
	unsigned char raw[4];

	num_store_le32(raw, 0x89abcdef);
	ck_assert_int_eq(raw[0], 0xef);
	ck_assert_int_eq(raw[3], 0x89);
	ck_assert_uint_eq(num_load_le32(raw), 0x89abcdef);
}
END_TEST

int
main(void)
{
	TCase *t = unit_begin("base/num");

	tcase_add_loop_test(t, parse, 0, ROWS(cases));
	tcase_add_test(t, take_clamps_and_leaves_the_rest);
	tcase_add_test(t, octal);
	tcase_add_test(t, square_root_is_the_largest_whose_square_fits);
	tcase_add_test(t, little_endian_both_ways);
	return unit_end();
}
