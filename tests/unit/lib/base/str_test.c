/* SPDX-License-Identifier: ISC */
#include "base/str.h"

#include <stdlib.h>

#include "base/array.h"
#include "tests/support/unit.h"

START_TEST(appends_keep_every_byte)
{
	struct str s = {0};

	str_put(&s, SPAN("a\0b"));
	str_putc(&s, '-');
	str_put_u64(&s, UINT64_MAX);
	str_putc(&s, ' ');
	str_put_i64(&s, INT64_MIN);
	str_putc(&s, ' ');
	str_put_pad(&s, 7, 3);
	ck_span(str_span(&s),
	    SPAN("a\0b-18446744073709551615 -9223372036854775808 007"), "all");
	ck_assert_str_eq(str_cstr(&s) + s.n, "");
	str_cut(&s, 3);
	ck_span(str_span(&s), SPAN("a\0b"), "cut");
	str_free(&s);
	ck_assert_ptr_null(s.p);
}
END_TEST

START_TEST(first_failure_latches_until_reset)
{
	struct str s = {0};

	str_put_cstr(&s, "kept");
	fault_at(FAULT_REALLOC, 1, 0);
	ck_assert_ptr_null(str_room(&s, 100000));
	ck_assert(!str_ok(&s));
	str_put_cstr(&s, "dropped");
	ck_span(str_span(&s), SPAN("kept"), "after failure");
	str_reset(&s);
	str_put_cstr(&s, "again");
	ck_assert(str_ok(&s));
	ck_span(str_span(&s), SPAN("again"), "after reset");
	str_free(&s);
}
END_TEST

START_TEST(sizes_that_overflow_are_refused)
{
	struct str s = {0};

	str_putc(&s, 'x');
	ck_assert_ptr_null(str_room(&s, SIZE_MAX));
	ck_assert(!str_ok(&s));
	str_reset(&s);
	str_putc(&s, 'x');
	ck_assert_ptr_null(str_room(&s, SIZE_MAX / 2 + SIZE_MAX / 4));
	str_free(&s);
}
END_TEST

START_TEST(array_grows_by_doubling_and_checks_overflow)
{
	uint64_t *items = NULL;
	size_t cap = 0;

	ck_assert(array_grow(&items, &cap, 1, sizeof(*items)));
	ck_assert_uint_eq(cap, 8);
	items[7] = 42;
	ck_assert(array_grow(&items, &cap, 9, sizeof(*items)));
	ck_assert_uint_eq(cap, 16);
	ck_assert_uint_eq(items[7], 42);
	ck_assert(!array_grow(&items, &cap, SIZE_MAX, sizeof(*items)));
	ck_assert(!array_grow(&items, &cap, SIZE_MAX / 4, sizeof(*items)));
	ck_assert_uint_eq(cap, 16);
	free(items);
}
END_TEST

int
main(void)
{
	TCase *t = unit_begin("base/str");

	tcase_add_test(t, appends_keep_every_byte);
	tcase_add_test(t, first_failure_latches_until_reset);
	tcase_add_test(t, sizes_that_overflow_are_refused);
	tcase_add_test(t, array_grows_by_doubling_and_checks_overflow);
	return unit_end();
}
