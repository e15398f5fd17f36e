/* SPDX-License-Identifier: ISC */
#include "fmt/date.h"

#include <time.h>

#include "tests/support/unit.h"

static const struct {
	int64_t t;
	struct span plain, mbox, stamp;
} cases[] = {
    {0, SPAN_INIT("1 Jan 1970 00:00:00"), SPAN_INIT("Thu Jan 01 00:00:00 1970"),
        SPAN_INIT("19700101000000")},
    {1795166469, SPAN_INIT("20 Nov 2026 09:21:09"),
        SPAN_INIT("Fri Nov 20 09:21:09 2026"), SPAN_INIT("20261120092109")},
    {951782400, SPAN_INIT("29 Feb 2000 00:00:00"),
        SPAN_INIT("Tue Feb 29 00:00:00 2000"), SPAN_INIT("20000229000000")},
    {-1, SPAN_INIT("31 Dec 1969 23:59:59"),
        SPAN_INIT("Wed Dec 31 23:59:59 1969"), SPAN_INIT("19691231235959")},
    {2147483648, SPAN_INIT("19 Jan 2038 03:14:08"),
        SPAN_INIT("Tue Jan 19 03:14:08 2038"), SPAN_INIT("20380119031408")},
    {4294967296, SPAN_INIT("7 Feb 2106 06:28:16"),
        SPAN_INIT("Sun Feb 07 06:28:16 2106"), SPAN_INIT("21060207062816")},
    {INT64_MAX, SPAN_INIT("31 Dec 9999 23:59:59"),
        SPAN_INIT("Fri Dec 31 23:59:59 9999"), SPAN_INIT("99991231235959")},
    {INT64_MIN, SPAN_INIT("1 Jan 0001 00:00:00"),
        SPAN_INIT("Mon Jan 01 00:00:00 0001"), SPAN_INIT("00010101000000")},
};

START_TEST(put)
{
	struct str s = {0};

	date_put_plain(&s, cases[_i].t);
	ck_span(str_span(&s), cases[_i].plain, "plain");
	str_reset(&s);
	date_put_mbox(&s, cases[_i].t);
	ck_span(str_span(&s), cases[_i].mbox, "mbox");
	str_reset(&s);
	date_put_stamp(&s, cases[_i].t);
	ck_span(str_span(&s), cases[_i].stamp, "stamp");
	str_free(&s);
}
END_TEST

/* one assertion for all: each one costs a system call */
static int64_t
first_disagreement(void)
{
	for (int64_t t = -62135596800; t < 253402300800; t += 86399) {
		struct date d = date_from_unix(t);
		struct tm tm;
		time_t when = (time_t)t;

		if (gmtime_r(&when, &tm) == NULL ||
		    d.year != tm.tm_year + 1900 ||
		    d.month != (unsigned)tm.tm_mon ||
		    d.day != (unsigned)tm.tm_mday ||
		    d.hour != (unsigned)tm.tm_hour ||
		    d.minute != (unsigned)tm.tm_min ||
		    d.second != (unsigned)tm.tm_sec ||
		    d.weekday != (unsigned)tm.tm_wday)
			return t;
	}
	return 0;
}

START_TEST(agrees_with_the_system_on_every_day)
{
	ck_assert_int_eq(first_disagreement(), 0);
}
END_TEST

int
main(void)
{
	TCase *t = unit_begin("fmt/date");

	tcase_add_loop_test(t, put, 0, ROWS(cases));
	tcase_add_test(t, agrees_with_the_system_on_every_day);
	return unit_end();
}
