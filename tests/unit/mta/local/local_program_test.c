/* SPDX-License-Identifier: ISC */
#include "mta/local/local_program.h"

#include "tests/support/unit.h"

static const struct {
	int from, to; /* exit statuses */
	enum local_verdict want;
} cases[] = {
    {0, 0, LOCAL_PROGRAM_OK},
    {1, 63, LOCAL_PROGRAM_TEMPORARY},
    {64, 65, LOCAL_PROGRAM_PERMANENT},
    {66, 69, LOCAL_PROGRAM_TEMPORARY},
    {70, 70, LOCAL_PROGRAM_PERMANENT},
    {71, 75, LOCAL_PROGRAM_TEMPORARY},
    {76, 78, LOCAL_PROGRAM_PERMANENT},
    {79, 98, LOCAL_PROGRAM_TEMPORARY},
    {99, 99, LOCAL_PROGRAM_STOP},
    {100, 100, LOCAL_PROGRAM_PERMANENT},
    {101, 111, LOCAL_PROGRAM_TEMPORARY},
    {112, 112, LOCAL_PROGRAM_PERMANENT},
    {113, 255, LOCAL_PROGRAM_TEMPORARY},
};

START_TEST(every_status_has_its_verdict)
{
	for (int code = cases[_i].from; code <= cases[_i].to; code++)
		ck_assert_int_eq(local_program_verdict(code << 8),
		    cases[_i].want);
	for (int signal = 1; signal < 64; signal++)
		ck_assert_int_eq(local_program_verdict(signal),
		    LOCAL_PROGRAM_CRASHED);
}
END_TEST

int
main(void)
{
	tcase_add_loop_test(unit_begin("local/local_program"),
	    every_status_has_its_verdict, 0, ROWS(cases));
	return unit_end();
}
