/* SPDX-License-Identifier: ISC */
#include "mta/start/procs.h"

#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/unit.h"

#define TAIL " 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 "

static const struct {
	const char *label;
	struct span text;
	bool good;
	char state;
	const char *name;
} cases[] = {
    {"usual", SPAN_INIT("42 (qmail-send) S 7 8 9" TAIL "1234 0 0\n"), true, 'S',
        "qmail-send"},
    {"zombie", SPAN_INIT("42 (x) Z 7 8 9" TAIL "1234\n"), true, 'Z', "x"},
    {"odd name", SPAN_INIT("42 (a) (b c) S 7 8 9" TAIL "1234 0\n"), true, 'S',
        "a) (b c"},
    {"empty name", SPAN_INIT("42 () S 7 8 9" TAIL "1234 0\n"), true, 'S', ""},
    {"no name", SPAN_INIT("42 S 7 8 9" TAIL "1234 0\n"), false, 0, ""},
    {"crossed", SPAN_INIT("42 )( S 7 8 9" TAIL "1234 0\n"), false, 0, ""},
    {"cut", SPAN_INIT("42 (x) S 7 8 9 0 -1"), false, 0, ""},
    {"empty", SPAN_INIT(""), false, 0, ""},
    {"long name",
        SPAN_INIT("42 (0123456789012345678901234567890123456789) S 7 8 9" TAIL
                  "1234 0\n"),
        false, 0, ""},
};

START_TEST(stat_lines)
{
	struct procs_info info;
	bool good = procs_parse(cases[_i].text, &info);

	ck_assert_msg(good == cases[_i].good, "%s", cases[_i].label);
	if (!good)
		return;
	ck_assert_int_eq(info.pid, 42);
	ck_assert_int_eq(info.parent, 7);
	ck_assert_int_eq(info.session, 9);
	ck_assert_int_eq(info.state, cases[_i].state);
	ck_assert_str_eq(info.name, cases[_i].name);
	ck_assert_uint_eq(info.started, 1234);
}
END_TEST

START_TEST(we_are_a_process)
{
	struct procs all = {.ended = false};
	struct procs_info info;
	bool seen = false;

	ck_assert(procs_find(getpid(), &info));
	ck_assert_int_eq(info.parent, getppid());
	ck_assert_int_eq(info.session, getsid(0));
	ck_assert(procs_open(&all));
	while (procs_next(&all, &info))
		seen = seen || info.pid == getpid();
	procs_close(&all);
	ck_assert(seen);
}
END_TEST

int
main(void)
{
	TCase *all = unit_begin("start/procs");

	tcase_add_loop_test(all, stat_lines, 0, ROWS(cases));
	tcase_add_test(all, we_are_a_process);
	return unit_end();
}
