/* SPDX-License-Identifier: ISC */
#include "qmail/control.h"

#include <stdio.h>
#include <sys/stat.h>

#include "base/file.h"
#include "qmail/control_schema.h"
#include "tests/support/unit.h"

static const struct {
	const char *label;
	struct span file, line, list;
	bool has_int;
	uint32_t number;
} cases[] = {
    {"plain", SPAN_INIT("one\ntwo\n"), SPAN_INIT("one"),
        SPAN_INIT("one\0two\0"), false, 0},
    {"no final newline", SPAN_INIT("one"), SPAN_INIT("one"), SPAN_INIT("one\0"),
        false, 0},
    {"trailing blanks", SPAN_INIT("one \t\n"), SPAN_INIT("one"),
        SPAN_INIT("one\0"), false, 0},
    {"trailing CR", SPAN_INIT("one \r\ntwo\r\n"), SPAN_INIT("one"),
        SPAN_INIT("one\0two\0"), false, 0},
    {"two CR", SPAN_INIT("one\r\r\n"), SPAN_INIT("one\r"), SPAN_INIT("one\r\0"),
        false, 0},
    {"leading blank stays", SPAN_INIT(" one\n"), SPAN_INIT(" one"),
        SPAN_INIT(" one\0"), false, 0},
    {"comment", SPAN_INIT("# x\none\n"), SPAN_INIT("# x"), SPAN_INIT("one\0"),
        false, 0},
    {"empty first line", SPAN_INIT("\none\n"), SPAN_INIT(""),
        SPAN_INIT("one\0"), false, 0},
    {"empty", SPAN_INIT(""), SPAN_INIT(""), SPAN_INIT(""), false, 0},
    {"NUL splits", SPAN_INIT("a\0#b\n"), SPAN_INIT("a\0#b"),
        SPAN_INIT("a\0#b\0"), false, 0},
    {"NUL first", SPAN_INIT("\0b\n"), SPAN_INIT("\0b"), SPAN_INIT(""), false,
        0},
    {"number", SPAN_INIT("10\n"), SPAN_INIT("10"), SPAN_INIT("10\0"), true, 10},
    {"unit", SPAN_INIT("10MB\n"), SPAN_INIT("10MB"), SPAN_INIT("10MB\0"), true,
        10},
    {"hex", SPAN_INIT("0x10\n"), SPAN_INIT("0x10"), SPAN_INIT("0x10\0"), true,
        0},
    {"overflow", SPAN_INIT("99999999999\n"), SPAN_INIT("99999999999"),
        SPAN_INIT("99999999999\0"), true, INT32_MAX},
    {"negative", SPAN_INIT("-5\n"), SPAN_INIT("-5"), SPAN_INIT("-5\0"), false,
        0},
    {"blank number", SPAN_INIT(" 5\n"), SPAN_INIT(" 5"), SPAN_INIT(" 5\0"),
        false, 0},
};

START_TEST(parse)
{
	struct str list = {0};
	uint32_t number = 0;

	ck_span(control_parse_line(cases[_i].file), cases[_i].line,
	    cases[_i].label);
	control_parse_list(cases[_i].file, &list);
	ck_span(str_span(&list), cases[_i].list, cases[_i].label);
	ck_assert_int_eq(control_parse_int(cases[_i].file, &number),
	    cases[_i].has_int);
	ck_assert_uint_eq(number, cases[_i].number);
	str_free(&list);
}
END_TEST

static int
home_with(const char *name, struct span bytes)
{
	int home = open_tmp_dir();
	char path[64];

	ck_assert_int_eq(mkdirat(home, "control", 0700), 0);
	if (name != NULL) {
		(void)snprintf(path, sizeof(path), "control/%s", name);
		ck_assert_int_eq(file_replace(home, path, bytes, 0600, NULL),
		    0);
	}
	return home;
}

START_TEST(absent_files_have_the_defaults_of_the_schema)
{
	int home = home_with("me", SPAN("h.example\n"));
	struct str out = {0};
	struct control c;
	uint32_t n = 0;

	ck_assert_int_eq(control_open(&c, home, NULL), 0);
	ck_assert_int_eq(control_get_line(&c, "bouncehost", &out, NULL),
	    CONTROL_DEFAULT);
	ck_span(str_span(&out), SPAN("h.example"), "me");
	str_reset(&out);
	ck_assert_int_eq(control_get_line(&c, "doublebounceto", &out, NULL),
	    CONTROL_DEFAULT);
	ck_span(str_span(&out), SPAN("postmaster"), "literal");
	str_reset(&out);
	ck_assert_int_eq(control_get_list(&c, "locals", &out, NULL),
	    CONTROL_DEFAULT);
	ck_span(str_span(&out), SPAN("h.example\0"), "locals");
	ck_assert_int_eq(control_get_list(&c, "rcpthosts", &out, NULL),
	    CONTROL_ABSENT);
	ck_assert_int_eq(control_get_int(&c, "queuelifetime", &n, NULL),
	    CONTROL_DEFAULT);
	ck_assert_uint_eq(n, 604800);
	control_close(&c);
	str_free(&out);
}
END_TEST

START_TEST(without_me_the_name_of_the_file_stands_in)
{
	struct str out = {0};
	struct control c;

	ck_assert_int_eq(control_open(&c, home_with(NULL, SPAN("")), NULL), 0);
	ck_assert(!c.has_me);
	ck_assert_int_eq(control_get_line(&c, "bouncehost", &out, NULL),
	    CONTROL_DEFAULT);
	ck_span(str_span(&out), SPAN("bouncehost"), "name");
	ck_assert_int_eq(control_get_list(&c, "locals", &out, NULL),
	    CONTROL_ABSENT);
	ck_assert_int_eq(control_get_line(&c, "helohost", &out, NULL),
	    CONTROL_ABSENT);
	control_close(&c);
	str_free(&out);
}
END_TEST

START_TEST(an_empty_file_is_not_an_absent_one)
{
	struct str out = {0};
	struct control c;

	ck_assert_int_eq(control_open(&c, home_with("locals", SPAN("")), NULL),
	    0);
	ck_assert_int_eq(control_get_list(&c, "locals", &out, NULL),
	    CONTROL_FOUND);
	ck_assert_uint_eq(out.n, 0);
	control_close(&c);
	str_free(&out);
}
END_TEST

START_TEST(any_other_trouble_is_a_failure_that_names_the_file)
{
	int home = home_with(NULL, SPAN(""));
	struct str out = {0};
	struct control c;
	struct err e;

	ck_assert_int_eq(mkdirat(home, "control/locals", 0700), 0);
	ck_assert_int_eq(control_open(&c, home, &e), 0);
	ck_assert_int_eq(control_get_list(&c, "locals", &out, &e),
	    CONTROL_FAILED);
	ck_assert_ptr_nonnull(strstr(e.text, "control/locals"));
	control_close(&c);
	ck_assert_int_eq(mkdirat(home, "control/me", 0700), 0);
	ck_assert_int_eq(control_open(&c, home, &e), -1);
	ck_assert_ptr_nonnull(strstr(e.text, "control/me"));
	control_close(&c);
	str_free(&out);
}
END_TEST

START_TEST(the_schema_is_sorted_and_its_defaults_are_valid)
{
	for (size_t i = 0; i < control_schema_rows; i++) {
		const struct control_row *row = &control_schema[i];

		ck_assert(i == 0 ||
		          strcmp(control_schema[i - 1].name, row->name) < 0);
		ck_assert_ptr_eq(control_schema_find(span_cstr(row->name)),
		    row);
		ck_assert_int_eq(row->fallback == CONTROL_OR_LITERAL,
		    row->literal != NULL);
		ck_assert(row->literal == NULL || row->is_valid == NULL ||
		          row->is_valid(span_cstr(row->literal)));
		ck_assert_uint_ne(row->readers, 0);
	}
	ck_assert_ptr_null(control_schema_find(SPAN("nosuch")));
}
END_TEST

int
main(void)
{
	TCase *t = unit_begin("qmail/control");

	tcase_add_loop_test(t, parse, 0, ROWS(cases));
	tcase_add_test(t, absent_files_have_the_defaults_of_the_schema);
	tcase_add_test(t, without_me_the_name_of_the_file_stands_in);
	tcase_add_test(t, an_empty_file_is_not_an_absent_one);
	tcase_add_test(t, any_other_trouble_is_a_failure_that_names_the_file);
	tcase_add_test(t, the_schema_is_sorted_and_its_defaults_are_valid);
	return unit_end();
}
