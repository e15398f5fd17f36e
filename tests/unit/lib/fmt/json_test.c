/* SPDX-License-Identifier: ISC */
#include "fmt/json.h"

#include "tests/support/unit.h"

START_TEST(commas_stand_where_they_belong)
{
	struct str out = {0};
	struct json j = {.out = &out};

	json_open_object(&j);
	json_key(&j, "a");
	json_open_array(&j);
	json_u64(&j, UINT64_MAX);
	json_i64(&j, INT64_MIN);
	json_open_array(&j);
	json_close(&j);
	json_open_object(&j);
	json_close(&j);
	json_string(&j, SPAN("x"));
	json_close(&j);
	json_key(&j, "b");
	json_bool(&j, true);
	json_key(&j, "c");
	json_bool(&j, false);
	json_key(&j, "d");
	json_null(&j);
	json_close(&j);
	ck_span(str_span(&out),
	    SPAN("{\"a\":[18446744073709551615,-9223372036854775808,[],{},"
	         "\"x\"],\"b\":true,\"c\":false,\"d\":null}"),
	    "nested");
	str_free(&out);
}
END_TEST

START_TEST(values_of_the_top_level_are_not_joined)
{
	struct str out = {0};
	struct json j = {.out = &out};

	for (int i = 0; i < 2; i++) {
		json_open_object(&j);
		json_key(&j, "i");
		json_i64(&j, i);
		json_close(&j);
		str_putc(&out, '\n');
	}
	ck_span(str_span(&out), SPAN("{\"i\":0}\n{\"i\":1}\n"), "lines");
	str_free(&out);
}
END_TEST

static const struct {
	const char *label;
	struct span in;
	struct span want;
} strings[] = {
    {"empty", SPAN_INIT(""), SPAN_INIT("[\"\"]")},
    {"plain", SPAN_INIT("a b~"), SPAN_INIT("[\"a b~\"]")},
    {"quote and backslash", SPAN_INIT("\"\\"), SPAN_INIT("[\"\\\"\\\\\"]")},
    {"short escapes", SPAN_INIT("\b\t\n\f\r"),
        SPAN_INIT("[\"\\b\\t\\n\\f\\r\"]")},
    {"control characters", SPAN_INIT("\0\x1b\x7f"),
        SPAN_INIT("[\"\\u0000\\u001b\\u007f\"]")},
    {"C1 would reach a terminal", SPAN_INIT("\302\233"),
        SPAN_INIT("[\"\\u009b\"]")},
    {"UTF-8 stays", SPAN_INIT("\303\274\360\237\230\200"),
        SPAN_INIT("[\"\303\274\360\237\230\200\"]")},
};

START_TEST(string)
{
	struct str out = {0};
	struct json j = {.out = &out};

	json_open_array(&j);
	json_string(&j, strings[_i].in);
	json_close(&j);
	ck_span(str_span(&out), strings[_i].want, strings[_i].label);
	str_free(&out);
}
END_TEST

START_TEST(invalid_bytes_mark_the_innermost_object)
{
	struct str out = {0};
	struct json j = {.out = &out};

	json_open_object(&j);
	json_key(&j, "a");
	json_open_object(&j);
	json_key(&j, "b");
	json_open_array(&j);
	json_string(&j, SPAN("\\\377\303\274\n"));
	json_close(&j);
	json_close(&j);
	json_key(&j, "c");
	json_open_object(&j);
	json_close(&j);
	json_close(&j);
	ck_span(str_span(&out),
	    SPAN("{\"a\":{\"b\":[\"\\\\\\\\\\\\xff\303\274\\n\"],\"raw\":true},"
	         "\"c\":{}}"),
	    "raw");
	str_free(&out);
}
END_TEST

START_TEST(a_document_can_be_streamed)
{
	struct str out = {0};
	struct json j = {.out = &out};

	json_open_array(&j);
	json_u64(&j, 1);
	str_reset(&out);
	json_u64(&j, 2);
	json_close(&j);
	ck_span(str_span(&out), SPAN(",2]"), "rest");
	str_free(&out);
}
END_TEST

int
main(void)
{
	TCase *t = unit_begin("fmt/json");

	tcase_add_test(t, commas_stand_where_they_belong);
	tcase_add_test(t, values_of_the_top_level_are_not_joined);
	tcase_add_loop_test(t, string, 0, ROWS(strings));
	tcase_add_test(t, invalid_bytes_mark_the_innermost_object);
	tcase_add_test(t, a_document_can_be_streamed);
	return unit_end();
}
