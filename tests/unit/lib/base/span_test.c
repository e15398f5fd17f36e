/* SPDX-License-Identifier: ISC */
#include "base/span.h"

#include <stdint.h>

#include "base/ascii.h"
#include "base/size.h"
#include "tests/support/unit.h"

static const struct {
	const char *label;
	struct span s, part;
	bool prefix, suffix;
} ends[] = {
    {"both empty", {0}, {0}, true, true},
    {"nothing of something", SPAN_INIT("ab"), {0}, true, true},
    {"something of nothing", {0}, SPAN_INIT("a"), false, false},
    {"itself", SPAN_INIT("a\0b"), SPAN_INIT("a\0b"), true, true},
    {"longer", SPAN_INIT("ab"), SPAN_INIT("abc"), false, false},
    {"front", SPAN_INIT("abc"), SPAN_INIT("ab"), true, false},
    {"end", SPAN_INIT("abc"), SPAN_INIT("bc"), false, true},
    {"after a NUL", SPAN_INIT("a\0b"), SPAN_INIT("a\0c"), false, false},
};

START_TEST(prefix_and_suffix)
{
	struct span s = ends[_i].s;

	ck_assert_msg(span_has_prefix(s, ends[_i].part) == ends[_i].prefix,
	    "%s", ends[_i].label);
	ck_assert_msg(span_has_suffix(s, ends[_i].part) == ends[_i].suffix,
	    "%s", ends[_i].label);
	ck_assert_int_eq(span_take_prefix(&s, ends[_i].part), ends[_i].prefix);
	ck_assert_uint_eq(s.n,
	    ends[_i].s.n - (ends[_i].prefix ? ends[_i].part.n : 0));
}
END_TEST

START_TEST(find_answers_the_length_when_there_is_none)
{
	struct span s = SPAN("a.b.c");

	ck_assert_uint_eq(span_find(s, '.', 0), 1);
	ck_assert_uint_eq(span_find(s, '.', 2), 3);
	ck_assert_uint_eq(span_find(s, '.', 4), 5);
	ck_assert_uint_eq(span_find(s, 'x', 0), 5);
	ck_assert_uint_eq(span_find(s, 'a', 99), 5);
	ck_assert_uint_eq(span_rfind(s, '.'), 3);
	ck_assert_uint_eq(span_rfind(s, 'x'), 5);
	ck_assert_uint_eq(span_find((struct span){0}, 'x', 0), 0);
	ck_assert_uint_eq(span_rfind((struct span){0}, 'x'), 0);
}
END_TEST

START_TEST(parts_end_where_the_span_ends)
{
	struct span s = SPAN("abc");

	ck_span(span_from(s, 0), s, "all");
	ck_span(span_from(s, 2), SPAN("c"), "end");
	ck_span(span_from(s, 9), SPAN(""), "behind the end");
	ck_span(span_first(s, 2), SPAN("ab"), "front");
	ck_span(span_first(s, 9), s, "more than all");
	ck_assert_ptr_null(span_from((struct span){0}, 3).p);
	ck_span(span_cstr(NULL), SPAN(""), "NULL");
}
END_TEST

START_TEST(lines_and_items_are_taken_one_by_one)
{
	struct span s = SPAN("one\n\nlast"), line;

	ck_assert(span_take_line(&s, &line));
	ck_span(line, SPAN("one"), "one");
	ck_assert(span_take_line(&s, &line));
	ck_span(line, SPAN(""), "empty");
	ck_assert(span_take_line(&s, &line));
	ck_span(line, SPAN("last"), "no LF");
	ck_assert(!span_take_line(&s, &line));
	s = SPAN("a\0\0cut");
	ck_assert(span_take_nul(&s, &line));
	ck_span(line, SPAN("a"), "a");
	ck_assert(span_take_nul(&s, &line));
	ck_span(line, SPAN(""), "empty item");
	ck_assert(!span_take_nul(&s, &line));
	ck_span(s, SPAN("cut"), "unchanged");
}
END_TEST

/* Neither locale nor the sign of char takes part. */
START_TEST(bytes_above_127_have_no_class)
{
	for (int i = 128; i < 256; i++) {
		char c = (char)i;

		ck_assert(!ascii_is_digit(c) && !ascii_is_upper(c));
		ck_assert(!ascii_is_blank(c));
		ck_assert_int_eq(ascii_lower(c), c);
	}
	ck_assert(ascii_eq_nocase(SPAN("Ab1\xc4"), SPAN("aB1\xc4")));
	ck_assert(!ascii_eq_nocase(SPAN("\xc4"), SPAN("\xe4")));
	ck_assert(!ascii_eq_nocase(SPAN("a"), SPAN("ab")));
	ck_span(ascii_trim_end(SPAN(" a \t ")), SPAN(" a"), "trimmed");
}
END_TEST

START_TEST(sizes_that_do_not_fit_are_refused)
{
	size_t n = 0;

	ck_assert(size_add(SIZE_MAX - 1, 1, &n) && n == SIZE_MAX);
	ck_assert(!size_add(SIZE_MAX, 1, &n));
	ck_assert(size_mul(SIZE_MAX / 2, 2, &n) && n == SIZE_MAX - 1);
	ck_assert(!size_mul(SIZE_MAX / 2 + 1, 2, &n));
}
END_TEST

int
main(void)
{
	TCase *c = unit_begin("base/span");

	tcase_add_loop_test(c, prefix_and_suffix, 0, ROWS(ends));
	tcase_add_test(c, find_answers_the_length_when_there_is_none);
	tcase_add_test(c, parts_end_where_the_span_ends);
	tcase_add_test(c, lines_and_items_are_taken_one_by_one);
	tcase_add_test(c, bytes_above_127_have_no_class);
	tcase_add_test(c, sizes_that_do_not_fit_are_refused);
	return unit_end();
}
