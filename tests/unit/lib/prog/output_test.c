/* SPDX-License-Identifier: ISC */
/* What programs show to people: tables, progress, questions, colours. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "prog/confirm.h"
#include "prog/progress.h"
#include "prog/table.h"
#include "prog/term.h"
#include "tests/support/unit.h"

/* A pipe that holds what was written to ends[1]. */
static void
ck_pipe(int ends[2], const char *want)
{
	char got[4096];
	ssize_t n;

	fd_close(&ends[1]);
	n = fd_read_full(ends[0], got, sizeof(got));
	fd_close(&ends[0]);
	ck_assert_int_ge(n, 0);
	ck_span((struct span){got, (size_t)n}, span_cstr(want), "output");
}

static const struct table_column columns[] = {{"ID", true}, {"SENDER", false},
    {"N", true}, {"STATE", false}};

START_TEST(table_aligns_its_columns)
{
	struct table t = {.column = columns, .columns = 4};
	struct out out;
	int ends[2];

	table_u64(&t, 7);
	table_text(&t, SPAN("a@b"));
	table_u64(&t, 12345);
	table_text(&t, SPAN("ok"));
	table_u64(&t, 11002986);
	table_text(&t, SPAN("esc\033[2J"));
	table_u64(&t, 1);
	table_text(&t, SPAN(""));
	table_u64(&t, 3);
	ck_assert_int_eq(fd_pipe(ends), 0);
	ck_assert_int_eq(out_open(&out, ends[1]), 0);
	ck_assert_int_eq(table_put(&t, &out), 0);
	ck_assert_int_eq(out_flush(&out), 0);
	out_close(&out);
	table_free(&t);
	ck_pipe(ends, "      ID  SENDER          N  STATE\n"
	              "       7  a@b         12345  ok\n"
	              "11002986  esc\\x1b[2J      1\n"
	              "       3\n");
}
END_TEST

START_TEST(table_without_memory_fails)
{
	struct table t = {.column = columns, .columns = 4};
	struct out out;

	ck_assert_int_eq(out_open(&out, -1), 0);
	for (int nth = 1; nth <= 2; nth++) {
		fault_at(FAULT_REALLOC, nth, 0);
		table_u64(&t, 7);
		table_u64(&t, 8);
		fault_at(FAULT_REALLOC, 0, 0);
		ck_assert_int_eq(table_put(&t, &out), -1);
		table_free(&t);
	}
	out_close(&out);
}
END_TEST

START_TEST(progress_is_shown_four_times_a_second)
{
	struct progress p = {.on = true, .label = "rename", .total = 40};
	int ends[2];

	ck_assert_int_eq(fd_pipe(ends), 0);
	p.fd = ends[1];
	progress_begin(&p, 1000000);
	progress_step(&p, 1, 1100000); /* too early */
	progress_step(&p, 10, 1500000);
	progress_step(&p, 11, 1600000); /* too early */
	progress_step(&p, 20, 3000000);
	progress_end(&p, 40, 4450000);
	ck_pipe(ends, "\r  [#####...............] rename 10/40  eta 1s\033[K"
	              "\r  [##########..........] rename 20/40  eta 2s\033[K"
	              "\r  [####################] rename 40/40  3.4s\033[K\n");
}
END_TEST

START_TEST(progress_of_an_unknown_total)
{
	struct progress p = {.on = true, .label = "reading"};
	int ends[2];

	ck_assert_int_eq(fd_pipe(ends), 0);
	p.fd = ends[1];
	progress_begin(&p, 0);
	progress_step(&p, 7, 300000);
	ck_pipe(ends, "\r  reading 7  \033[K");
}
END_TEST

START_TEST(progress_of_a_short_job_is_not_shown)
{
	struct progress p = {.on = _i == 0, .label = "x", .total = 2};
	int ends[2];

	ck_assert_int_eq(fd_pipe(ends), 0);
	p.fd = ends[1];
	progress_begin(&p, 0);
	progress_step(&p, 1, _i == 0 ? 100 : 10000000);
	progress_end(&p, 2, 20000000);
	ck_pipe(ends, "");
}
END_TEST

static const struct {
	const char *label, *input;
	char want;
	int questions;
	const char *rest; /* of the input */
} answers[] = {
    {"yes", "y\nmore", 'y', 1, "more"},
    {"in words", "  No, thanks\n", 'n', 1, ""},
    {"asked again", "\nx\nq\n", 'q', 3, ""},
    {"end", "", '\0', 1, ""},
    {"end inside a line", "y", '\0', 1, ""},
};

START_TEST(question)
{
	int in[2], out[2];
	char want[128] = "";

	ck_assert_int_eq(fd_pipe(in), 0);
	ck_assert_int_eq(fd_pipe(out), 0);
	ck_assert_int_eq(fd_write_full(in[1], answers[_i].input,
	                     strlen(answers[_i].input)),
	    0);
	fd_close(&in[1]);
	ck_assert_int_eq(confirm_ask(in[0], out[1], "Really?", "ynq"),
	    answers[_i].want);
	for (int i = 0; i < answers[_i].questions; i++)
		strcat(want, "Really? [y/n/q] ");
	ck_pipe(out, want);
	ck_pipe(in, answers[_i].rest);
}
END_TEST

static const struct {
	const char *when, *no_color;
	bool want;
} colors[] = {
    {NULL, NULL, false}, /* a pipe is no terminal */
    {"auto", NULL, false},
    {"always", NULL, true},
    {"always", "1", true}, /* who asks, gets */
    {"never", NULL, false},
};

START_TEST(color)
{
	int ends[2];

	ck_assert_int_eq(fd_pipe(ends), 0);
	if (colors[_i].no_color != NULL)
		setenv("NO_COLOR", colors[_i].no_color, 1);
	ck_assert(
	    term_wants_color(colors[_i].when, ends[1]) == colors[_i].want);
	ck_assert(
	    term_wants_progress(colors[_i].when, ends[1]) == colors[_i].want);
	ck_pipe(ends, "");
}
END_TEST

START_TEST(color_on_a_terminal)
{
	int tty = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC), side;

	ck_assert_int_ne(tty, -1);
	ck_assert_int_eq(grantpt(tty), 0);
	ck_assert_int_eq(unlockpt(tty), 0);
	side = open(ptsname(tty), O_RDWR | O_NOCTTY | O_CLOEXEC);
	ck_assert_int_ne(side, -1);
	setenv("TERM", "xterm", 1);
	unsetenv("NO_COLOR");
	ck_assert(term_wants_color(NULL, side));
	ck_assert(term_wants_progress(NULL, side));
	ck_assert(!term_wants_color("never", side));
	setenv("NO_COLOR", "", 1);
	ck_assert(term_wants_color("auto", side));
	setenv("NO_COLOR", "1", 1);
	ck_assert(!term_wants_color("auto", side));
	unsetenv("NO_COLOR");
	setenv("TERM", "dumb", 1);
	ck_assert(!term_wants_color("auto", side));
	ck_assert_str_eq(term_style(TERM_RED, false), "");
	ck_assert_str_eq(term_style(TERM_RED, true), "\033[31m");
	fd_close(&side);
	fd_close(&tty);
}
END_TEST

int
main(void)
{
	TCase *t = unit_begin("prog/output");

	tcase_add_test(t, table_aligns_its_columns);
	tcase_add_test(t, table_without_memory_fails);
	tcase_add_test(t, progress_is_shown_four_times_a_second);
	tcase_add_test(t, progress_of_an_unknown_total);
	tcase_add_loop_test(t, progress_of_a_short_job_is_not_shown, 0, 2);
	tcase_add_loop_test(t, question, 0, ROWS(answers));
	tcase_add_loop_test(t, color, 0, ROWS(colors));
	tcase_add_test(t, color_on_a_terminal);
	return unit_end();
}
