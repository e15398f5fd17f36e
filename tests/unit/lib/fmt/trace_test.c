/* SPDX-License-Identifier: ISC */
#include "fmt/trace.h"

#include "tests/support/unit.h"

static const struct {
	const char *label;
	struct span sender, want;
} paths[] = {
    {"plain", SPAN_INIT("a@b"), SPAN_INIT("Return-Path: <a@b>\n")},
    {"empty", SPAN_INIT(""), SPAN_INIT("Return-Path: <>\n")},
    {"quotes", SPAN_INIT("a b@c"), SPAN_INIT("Return-Path: <\"a b\"@c>\n")},
    {"LF", SPAN_INIT("a\nb@c\n"), SPAN_INIT("Return-Path: <\"a\\_b\"@c_>\n")},
};

START_TEST(return_path)
{
	struct str out = {0};

	str_put(&out, SPAN("before\n"));
	trace_put_return_path(&out, paths[_i].sender);
	ck_span(span_from(str_span(&out), 7), paths[_i].want, paths[_i].label);
	ck_span(span_first(str_span(&out), 7), SPAN("before\n"), "kept");
	str_free(&out);
}
END_TEST

START_TEST(delivered_to_is_one_line)
{
	struct str out = {0};

	trace_put_delivered_to(&out, SPAN("joe\nx"), SPAN("h\n"));
	ck_span(str_span(&out), SPAN("Delivered-To: joe_x@h_\n"), "line");
	str_free(&out);
}
END_TEST

static const struct {
	const char *label;
	struct span message;
	enum trace_result want;
} cases[] = {
    {"empty", SPAN_INIT(""), TRACE_MORE},
    {"first", SPAN_INIT("D: a@b\nX: y\n"), TRACE_FOUND},
    {"later", SPAN_INIT("X: y\nD: a@b\n\n"), TRACE_FOUND},
    {"body", SPAN_INIT("X: y\n\nD: a@b\n"), TRACE_ABSENT},
    {"body only", SPAN_INIT("\nD: a@b\n"), TRACE_ABSENT},
    {"case", SPAN_INIT("d: a@b\n\n"), TRACE_ABSENT},
    {"trailing blank", SPAN_INIT("D: a@b \n\n"), TRACE_ABSENT},
    {"CR", SPAN_INIT("D: a@b\r\n\n"), TRACE_ABSENT},
    {"CR lines end nothing", SPAN_INIT("\r\nD: a@b\n"), TRACE_FOUND},
    {"unfinished", SPAN_INIT("X: y\nD: a@b"), TRACE_MORE},
    {"longer", SPAN_INIT("D: a@bc\n"), TRACE_MORE},
    {"shorter", SPAN_INIT("D: a@\nb\n"), TRACE_MORE},
    {"twice on a line", SPAN_INIT("D: a@bD: a@b\n"), TRACE_MORE},
    {"after a prefix", SPAN_INIT("D: \nD: a@b\n"), TRACE_FOUND},
};

START_TEST(blocks_of_any_size_give_the_same)
{
	for (size_t block = 1; block <= cases[_i].message.n + 1; block++) {
		struct trace_search s = trace_search_init(SPAN("D: a@b\n"));
		enum trace_result got = TRACE_MORE;
		struct span rest = cases[_i].message;

		while (rest.n > 0 && got == TRACE_MORE) {
			got = trace_search_feed(&s, span_first(rest, block));
			rest = span_from(rest, block);
		}
		ck_assert_msg(got == cases[_i].want, "%s in blocks of %zu: %d",
		    cases[_i].label, block, (int)got);
	}
}
END_TEST

int
main(void)
{
	TCase *t = unit_begin("fmt/trace");

	tcase_add_loop_test(t, return_path, 0, ROWS(paths));
	tcase_add_test(t, delivered_to_is_one_line);
	tcase_add_loop_test(t, blocks_of_any_size_give_the_same, 0,
	    ROWS(cases));
	return unit_end();
}
