/* SPDX-License-Identifier: ISC */
#include "prog/options.h"

#include <stdio.h>
#include <string.h>

#include "base/fd.h"
#include "base/str.h"
#include "tests/support/unit.h"

enum { SORT = OPTION_OWN, LIMIT, NAME };

static const struct option rows[] = {
    {.id = OPTION_HOME, .letter = 'H'},
    {.id = OPTION_FORMAT, .letter = 'f', .value = "text|json|csv"},
    {.id = OPTION_JSON},
    {.id = OPTION_COLOR},
    {.id = OPTION_STRICT},
    {SORT, 's', "sort", OPTION_FLAG, NULL, "oldest first"},
    {LIMIT, 'l', "limit", OPTION_NUMBER, "N", "at most N"},
    {NAME, 'n', "name", OPTION_TEXT, "TEXT", "name it"},
};

static const struct options_program tool = {
    .name = "tool",
    .version = "1",
    .synopsis = "[OPTION]...",
    .about = "Does it.",
    .row = rows,
    .rows = sizeof(rows) / sizeof(rows[0]),
};

/* Writes what was understood: ids with their values, then the operands. */
static void
put_result(struct str *out, const struct options *o)
{
	for (size_t i = 0; i < o->n; i++) {
		str_put_i64(out, o->given[i].id);
		if (o->given[i].text != NULL) {
			str_putc(out, '=');
			str_put_cstr(out, o->given[i].text);
		}
		str_putc(out, ' ');
	}
	for (size_t i = 0; i < o->operands; i++) {
		str_putc(out, '[');
		str_put_cstr(out, o->operand[i]);
		str_putc(out, ']');
	}
}

/* A command line to write to: the words of text, at blanks. */
struct line {
	char text[128];
	char *argv[9];
	int argc;
};

static void
split_line(struct line *l, const char *text)
{
	char *save = l->text;

	(void)snprintf(l->text, sizeof(l->text), "tool %s", text);
	l->argc = 0;
	for (char *word = strsep(&save, " "); word != NULL;
	     word = strsep(&save, " ")) {
		if (*word != '\0')
			l->argv[l->argc++] = word;
	}
}

static int
parse_text(struct options *o, const struct options_program *p, struct line *l,
    const char *text, struct err *e)
{
	split_line(l, text);
	return options_parse(o, p, l->argc, l->argv, e);
}

static const struct {
	const char *label;
	const char *line;
	bool lenient;
	const char *want; /* of put_result(); NULL: refused */
	const char *says; /* part of the sentence when refused */
} cases[] = {
    {"nothing", "", false, "", NULL},
    {"value apart", "--home /x", false, "0=/x ", NULL},
    {"value attached", "--home=/x", false, "0=/x ", NULL},
    {"empty value", "--home=", false, "0= ", NULL},
    {"letter apart", "-H /x", false, "0=/x ", NULL},
    {"letter attached", "-H/x", false, "0=/x ", NULL},
    {"letters together", "-sl5", false, "11 12=5 ", NULL},
    {"after the verb", "verb --sort x", false, "11 [verb][x]", NULL},
    {"end of options", "-s -- -s --", false, "11 [-s][--]", NULL},
    {"lone dash", "-", false, "[-]", NULL},
    {"when, bare", "--color verb", false, "5=always [verb]", NULL},
    {"when, apart", "--color never", false, "5=never ", NULL},
    {"when, attached", "--color=auto", false, "5=auto ", NULL},
    {"when, last", "--color", false, "5=always ", NULL},
    {"value like an option", "-n -s", false, "13=-s ", NULL},
    {"help is known", "--help", false, "9 ", NULL},
    {"repeated", "-l1 -l2", false, "12=1 12=2 ", NULL},
    {"unknown", "--bogus", false, NULL, "unknown option --bogus"},
    {"unknown letter", "-sx", false, NULL, "unknown option -x"},
    {"unknown, escaped", "--\033", false, NULL, "--\\x1b"},
    {"no abbreviations", "--hom /x", false, NULL, "--hom"},
    {"missing value", "--limit", false, NULL, "--limit needs a value: N"},
    {"not a number", "--limit=x", false, NULL, "a number, not x"},
    {"negative", "--limit=-1", false, NULL, "a number"},
    {"not a choice", "-fxml", false, NULL, "text|json|csv, not xml"},
    {"half a choice", "-fjs", false, NULL, "not js"},
    {"flag with value", "--sort=1", false, NULL, "--sort takes no value"},
    {"not the program's", "--queue=x", false, NULL, "--queue"},
    {"lenient", "--bogus -x y -s", true, "11 [--bogus][-x][y]", NULL},
    {"lenient, strict", "y --strict", true, NULL, "unknown argument y"},
    {"lenient, bad value", "-fxml", true, NULL, "not xml"},
};

START_TEST(parse)
{
	struct options_program p = tool;
	struct str got = {0};
	struct options o;
	struct line l;
	struct err e;
	int rc;

	p.lenient = cases[_i].lenient;
	rc = parse_text(&o, &p, &l, cases[_i].line, &e);
	if (cases[_i].want == NULL) {
		ck_assert_msg(rc == -1, "%s: accepted", cases[_i].label);
		ck_assert_msg(strstr(e.text, cases[_i].says) != NULL,
		    "%s: says %s", cases[_i].label, e.text);
	} else {
		ck_assert_msg(rc == 0, "%s: %s", cases[_i].label, e.text);
		put_result(&got, &o);
		ck_span(str_span(&got), span_cstr(cases[_i].want),
		    cases[_i].label);
	}
	options_free(&o);
	str_free(&got);
}
END_TEST

START_TEST(last_format_wins)
{
	static const char *const want[][2] = {{"", "text"}, {"--json", "json"},
	    {"--json -fcsv", "csv"}, {"-fcsv --json", "json"}};

	for (size_t i = 0; i < 4; i++) {
		struct options o;
		struct line l;

		ck_assert_int_eq(parse_text(&o, &tool, &l, want[i][0], NULL),
		    0);
		ck_assert_msg(options_format_is(&o, want[i][1]), "%s",
		    want[i][0]);
		ck_assert(!options_format_is(&o, "nothing"));
		options_free(&o);
	}
}
END_TEST

START_TEST(values_have_fallbacks)
{
	struct options o;
	struct line l;

	ck_assert_int_eq(parse_text(&o, &tool, &l, "", NULL), 0);
	ck_assert_uint_eq(options_number(&o, LIMIT, 20), 20);
	ck_assert_ptr_null(options_text(&o, NAME));
	options_free(&o);
	ck_assert_int_eq(parse_text(&o, &tool, &l, "-l7 -nx", NULL), 0);
	ck_assert_uint_eq(options_number(&o, LIMIT, 20), 7);
	ck_assert_str_eq(options_text(&o, NAME), "x");
	ck_assert(options_has(&o, NAME) && !options_has(&o, SORT));
	options_free(&o);
}
END_TEST

START_TEST(no_memory_is_an_error)
{
	struct options o;
	struct line l;
	int rc = -1, nth = 0;

	while (rc == -1) {
		fault_at(FAULT_REALLOC, ++nth, 0);
		rc = parse_text(&o, &tool, &l, "-s x", NULL);
		options_free(&o);
	}
	fault_at(FAULT_REALLOC, 0, 0);
	ck_assert_int_eq(nth, 3);
}
END_TEST

START_TEST(help_names_every_option)
{
	char text[4096];
	struct out out;
	ssize_t n;
	int ends[2];

	ck_assert_int_eq(fd_pipe(ends), 0);
	ck_assert_int_eq(out_open(&out, ends[1]), 0);
	options_put_help(&tool, &out);
	ck_assert_int_eq(out_flush(&out), 0);
	out_close(&out);
	fd_close(&ends[1]);
	n = fd_read_full(ends[0], text, sizeof(text) - 1);
	fd_close(&ends[0]);
	ck_assert_int_gt(n, 0);
	text[n] = '\0';
	ck_assert_ptr_eq(strstr(text,
	                     "usage: tool [OPTION]...\n\nDoes it.\n\n"),
	    text);
	for (size_t i = 0; i < tool.rows; i++) {
		struct option row = options_resolve(&rows[i]);

		ck_assert_ptr_nonnull(strstr(text, row.name));
		ck_assert_ptr_nonnull(strstr(text, row.help));
	}
	ck_assert_ptr_nonnull(strstr(text, "\n  -f, --format text|json|csv "));
	ck_assert_ptr_nonnull(strstr(text, "\n  --color[=auto|always|never]"));
	ck_assert_ptr_nonnull(strstr(text, "\n  --version "));
}
END_TEST

int
main(void)
{
	TCase *t = unit_begin("prog/options");

	tcase_add_loop_test(t, parse, 0, ROWS(cases));
	tcase_add_test(t, last_format_wins);
	tcase_add_test(t, values_have_fallbacks);
	tcase_add_test(t, no_memory_is_an_error);
	tcase_add_test(t, help_names_every_option);
	return unit_end();
}
