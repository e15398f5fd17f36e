/* SPDX-License-Identifier: ISC */
#include "qmail/remote_report.h"

#include "tests/support/unit.h"

static const struct {
	struct span output, want;
} cases[] = {
    {SPAN_INIT("r1\n\0K2\n\0"), SPAN_INIT("K1\n2\n")},
    {SPAN_INIT("r1\n\0Z2\n\0"), SPAN_INIT("Z1\n2\n")},
    {SPAN_INIT("r1\n\0D2\n\0"), SPAN_INIT("D1\n2\n")},
    {SPAN_INIT("h1\n\0K2\n\0"), SPAN_INIT("D1\n")},
    {SPAN_INIT("h1\n\0Z2\n\0"), SPAN_INIT("D1\n")},
    {SPAN_INIT("h1\n\0D2\n\0"), SPAN_INIT("D1\n2\n")},
    {SPAN_INIT("s1\n\0K2\n\0"), SPAN_INIT("Z1\n")},
    {SPAN_INIT("s1\n\0Z2\n\0"), SPAN_INIT("Z1\n2\n")},
    {SPAN_INIT("s1\n\0D2\n\0"), SPAN_INIT("Z1\n2\n")},
    {SPAN_INIT("K1\n\0"), SPAN_INIT("K1\n")},
    {SPAN_INIT("Z1\n\0"), SPAN_INIT("Z1\n")},
    {SPAN_INIT("D1\n\0"), SPAN_INIT("D1\n")},
    {SPAN_INIT("garbage"), SPAN_INIT("D")},
    {SPAN_INIT("garbage\0"), SPAN_INIT("Darbage")},
    {SPAN_INIT("\0"), SPAN_INIT("D")},
    {SPAN_INIT("\0K2\0"), SPAN_INIT("K2")},
    {SPAN_INIT("r1\0"), SPAN_INIT("D1")},
    {SPAN_INIT("s1\0"), SPAN_INIT("Z1")},
    /* the last string lacks its NUL */
    {SPAN_INIT("r1\0K2"), SPAN_INIT("D1")},
    {SPAN_INIT("r1"), SPAN_INIT("D")},
    /* only the second string is a text */
    {SPAN_INIT("r1\0x\0K3\0"), SPAN_INIT("K1")},
    {SPAN_INIT("r1\0K2\0D3\0"), SPAN_INIT("K12")},
    {SPAN_INIT("K1\0D2\0"), SPAN_INIT("K12")},
};

START_TEST(condense)
{
	struct str out = {0};

	remote_report_condense(cases[_i].output, &out);
	ck_span(str_span(&out), cases[_i].want, cases[_i].output.p);
	str_free(&out);
}
END_TEST

int
main(void)
{
	tcase_add_loop_test(unit_begin("qmail/remote_report"), condense, 0,
	    ROWS(cases));
	return unit_end();
}
