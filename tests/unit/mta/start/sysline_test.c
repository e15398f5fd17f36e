/* SPDX-License-Identifier: ISC */
#include "mta/start/sysline.h"

#include "tests/support/unit.h"

/* "SEVERITY message\n" of everything emitted */
static struct str sent;

static void
record(enum sysline_severity severity, const char *message)
{
	str_put_u64(&sent, (uint64_t)severity);
	str_putc(&sent, ' ');
	str_put_cstr(&sent, message);
	str_putc(&sent, '\n');
}

static const struct {
	const char *label;
	struct span in;
	struct span want;
} cases[] = {
    {"usual", SPAN_INIT("new msg 5\n"),
        SPAN_INIT("6 1700000000.000042 new msg 5\n")},
    {"alert", SPAN_INIT("alert: x\n"),
        SPAN_INIT("1 1700000000.000042 alert: x\n")},
    {"warning", SPAN_INIT("warning: y\n"),
        SPAN_INIT("4 1700000000.000042 warning: y\n")},
    {"word inside", SPAN_INIT("an alert: x\n"),
        SPAN_INIT("6 1700000000.000042 an alert: x\n")},
    {"empty lines", SPAN_INIT("\n\na\n\n"),
        SPAN_INIT("6 1700000000.000042 a\n")},
    {"no LF at the end", SPAN_INIT("a\nb"),
        SPAN_INIT("6 1700000000.000042 a\n")},
    {"unprintable", SPAN_INIT("a\tb\0c\177\200 ~\n"),
        SPAN_INIT("6 1700000000.000042 a?b?c?? ~\n")},
};

START_TEST(lines_become_messages)
{
	struct sysline s = {.emit = record};

	sysline_feed(&s, cases[_i].in, 1700000000000042);
	ck_span(str_span(&sent), cases[_i].want, cases[_i].label);
}
END_TEST

START_TEST(bytes_may_come_one_by_one)
{
	struct sysline s = {.emit = record};

	for (size_t i = 0; i < cases[_i].in.n; i++)
		sysline_feed(&s, span_first(span_from(cases[_i].in, i), 1),
		    1700000000000042);
	ck_span(str_span(&sent), cases[_i].want, cases[_i].label);
}
END_TEST

static void
put_many(struct str *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		str_putc(s, 'x');
}

START_TEST(long_lines_are_cut)
{
	struct sysline s = {.emit = record};
	struct str in = {0}, want = {0};
	size_t extra = (size_t)_i;

	str_put_cstr(&in, "alert: ");
	put_many(&in, SYSLINE_MAX - 7 + extra);
	str_put_cstr(&in, "\nz\n");
	str_put_cstr(&want, "1 2.000003 alert: ");
	put_many(&want, SYSLINE_MAX - 7);
	if (extra > 0) {
		str_put_cstr(&want, "\n1 2.000003+");
		put_many(&want, extra);
	}
	str_put_cstr(&want, "\n6 2.000003 z\n");
	sysline_feed(&s, str_span(&in), 2000003);
	ck_span(str_span(&sent), str_span(&want), "cut");
	str_free(&in);
	str_free(&want);
}
END_TEST

int
main(void)
{
	TCase *cases_of = unit_begin("start/sysline");

	tcase_add_loop_test(cases_of, lines_become_messages, 0, ROWS(cases));
	tcase_add_loop_test(cases_of, bytes_may_come_one_by_one, 0,
	    ROWS(cases));
	tcase_add_loop_test(cases_of, long_lines_are_cut, 0, 3);
	return unit_end();
}
