/* SPDX-License-Identifier: ISC */
#include "qmail/clean_msg.h"

#include "tests/support/unit.h"

static const struct {
	struct span bytes; /* with NUL */
	struct clean_msg m;
} good[] = {
    {SPAN_INIT("todo/457\0"), {CLEAN_TODO, 457, false, 0}},
    {SPAN_INIT("foop/457\0"), {CLEAN_FOOP, 457, false, 0}},
    {SPAN_INIT("todo/1\0"), {CLEAN_TODO, 1, false, 0}},
    {SPAN_INIT("todo/20/457\0"), {CLEAN_TODO, 457, true, 20}},
    {SPAN_INIT("foop/0/23\0"), {CLEAN_FOOP, 23, true, 0}},
    {SPAN_INIT("foop/18446744073709551615\0"),
        {CLEAN_FOOP, UINT64_MAX, false, 0}},
};

START_TEST(a_request_is_written_and_read_back)
{
	struct clean_msg got;
	struct str out = {0};

	clean_msg_put(&out, &good[_i].m);
	ck_span(str_span(&out), good[_i].bytes, "request");
	ck_assert(clean_msg_parse(span_first(good[_i].bytes, out.n - 1), &got));
	ck_assert_int_eq(got.verb, good[_i].m.verb);
	ck_assert_uint_eq(got.id, good[_i].m.id);
	ck_assert_int_eq(got.has_sub, good[_i].m.has_sub);
	ck_assert_uint_eq(got.sub, good[_i].m.sub);
	str_free(&out);
}
END_TEST

static const struct span bad[] = {
    SPAN_INIT(""),
    SPAN_INIT("todo"),
    SPAN_INIT("todo/"),
    SPAN_INIT("todo//1"),
    SPAN_INIT("todo/12a4x"),
    SPAN_INIT("todoX123"),
    SPAN_INIT("todo/0"),
    SPAN_INIT("todo/0012"),
    SPAN_INIT("todo/+12"),
    SPAN_INIT("todo/-12"),
    SPAN_INIT("todo/ 12"),
    SPAN_INIT("todo/12 "),
    SPAN_INIT("todo/12\0"),
    SPAN_INIT("Todo/123"),
    SPAN_INIT("mess/123"),
    SPAN_INIT("foop/18446744073709551616"),
    SPAN_INIT("todo/20/"),
    SPAN_INIT("todo/20/457/1"),
    SPAN_INIT("todo/020/457"),
    SPAN_INIT("todo/99999/457"),
    SPAN_INIT("todo/../457"),
    SPAN_INIT("todo/1/../mess"),
    SPAN_INIT("foop/00000000000000000000000000000000000000000000000000000000"
              "000000000000000000000000000000000000000000000000000000000001"),
};

START_TEST(anything_else_is_malformed)
{
	struct clean_msg got = {.id = 77};

	ck_assert(!clean_msg_parse(bad[_i], &got));
	ck_assert_uint_eq(got.id, 77);
}
END_TEST

int
main(void)
{
	TCase *t = unit_begin("qmail/clean_msg");

	tcase_add_loop_test(t, a_request_is_written_and_read_back, 0,
	    ROWS(good));
	tcase_add_loop_test(t, anything_else_is_malformed, 0, ROWS(bad));
	return unit_end();
}
