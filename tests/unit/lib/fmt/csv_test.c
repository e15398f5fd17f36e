/* SPDX-License-Identifier: ISC */
#include "fmt/csv.h"

#include "tests/support/unit.h"

static const struct {
	const char *label;
	struct span in;
	bool raw;
	struct span want;
} fields[] = {
    {"plain", SPAN_INIT("a b"), false, SPAN_INIT("a b")},
    {"empty", SPAN_INIT(""), false, SPAN_INIT("")},
    {"comma", SPAN_INIT("a,b"), false, SPAN_INIT("\"a,b\"")},
    {"quote", SPAN_INIT("a\"b"), false, SPAN_INIT("\"a\"\"b\"")},
    {"newline", SPAN_INIT("a\nb"), false, SPAN_INIT("\"a\nb\"")},
    {"carriage return", SPAN_INIT("\r"), false, SPAN_INIT("\"\r\"")},
    {"formula", SPAN_INIT("=1+1"), false, SPAN_INIT("'=1+1")},
    {"formula with comma", SPAN_INIT("@a,b"), false, SPAN_INIT("\"'@a,b\"")},
    {"minus", SPAN_INIT("-1"), false, SPAN_INIT("'-1")},
    {"raw", SPAN_INIT("=1"), true, SPAN_INIT("=1")},
    {"equal sign inside", SPAN_INIT("a=1"), false, SPAN_INIT("a=1")},
    {"UTF-8", SPAN_INIT("\303\274"), false, SPAN_INIT("\303\274")},
    {"not UTF-8", SPAN_INIT("\303x\377"), false, SPAN_INIT("\\xc3x\\xff")},
    {"NUL", SPAN_INIT("a\0b"), false, SPAN_INIT("a\0b")},
};

START_TEST(field)
{
	struct str out = {0};
	struct csv c = {.out = &out, .raw = fields[_i].raw};

	csv_field(&c, fields[_i].in);
	ck_span(str_span(&out), fields[_i].want, fields[_i].label);
	str_free(&out);
}
END_TEST

START_TEST(rows)
{
	struct str out = {0};
	struct csv c = {.out = &out};

	for (int i = 0; i < 2; i++) {
		csv_field(&c, SPAN("a"));
		csv_field(&c, SPAN(""));
		csv_end_row(&c);
	}
	ck_span(str_span(&out), SPAN("a,\r\na,\r\n"), "rows");
	str_free(&out);
}
END_TEST

int
main(void)
{
	TCase *t = unit_begin("fmt/csv");

	tcase_add_loop_test(t, field, 0, ROWS(fields));
	tcase_add_test(t, rows);
	return unit_end();
}
