/* SPDX-License-Identifier: ISC */
#include "fmt/rfc822_field.h"

#include "tests/support/unit.h"

static const struct {
	struct span line, name;
	enum rfc822_field field;
} cases[] = {
    {SPAN_INIT("To: x\n"), SPAN_INIT("To"), RFC822_FIELD_TO},
    {SPAN_INIT("tO:\n"), SPAN_INIT("tO"), RFC822_FIELD_TO},
    {SPAN_INIT("CC \t:x"), SPAN_INIT("CC"), RFC822_FIELD_CC},
    {SPAN_INIT("To-: x"), SPAN_INIT("To-"), RFC822_FIELD_OTHER},
    {SPAN_INIT("T: x"), SPAN_INIT("T"), RFC822_FIELD_OTHER},
    {SPAN_INIT("Notice-Requested-Upon-Delivery-To:x"),
        SPAN_INIT("Notice-Requested-Upon-Delivery-To"),
        RFC822_FIELD_NOTICE_REQUESTED},
    {SPAN_INIT("a!~:b:c"), SPAN_INIT("a!~"), RFC822_FIELD_OTHER},
    {SPAN_INIT("To\n"), SPAN_INIT(""), RFC822_FIELD_OTHER},
    {SPAN_INIT(": x"), SPAN_INIT(""), RFC822_FIELD_OTHER},
    {SPAN_INIT(" : x"), SPAN_INIT(""), RFC822_FIELD_OTHER},
    {SPAN_INIT("T o: x"), SPAN_INIT(""), RFC822_FIELD_OTHER},
    {SPAN_INIT(" To: x"), SPAN_INIT(""), RFC822_FIELD_OTHER},
    {SPAN_INIT("T\0o: x"), SPAN_INIT(""), RFC822_FIELD_OTHER},
    {SPAN_INIT("T\x7fo: x"), SPAN_INIT(""), RFC822_FIELD_OTHER},
    {SPAN_INIT("T\xc3\xb6: x"), SPAN_INIT(""), RFC822_FIELD_OTHER},
    {SPAN_INIT("To\r: x"), SPAN_INIT(""), RFC822_FIELD_OTHER},
};

START_TEST(name)
{
	struct span got = rfc822_field_name(cases[_i].line);

	ck_span(got, cases[_i].name, cases[_i].line.p);
	ck_assert_int_eq((int)rfc822_field_find(got), (int)cases[_i].field);
}
END_TEST

int
main(void)
{
	tcase_add_loop_test(unit_begin("fmt/rfc822_field"), name, 0,
	    ROWS(cases));
	return unit_end();
}
