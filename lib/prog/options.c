/* SPDX-License-Identifier: ISC */
#include "prog/options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/num.h"
#include "base/span.h"
#include "base/str.h"
#include "fmt/printable.h"

#define WHEN "auto|always|never"

/* What --home, --json... mean, the same in every program. */
static const struct option shared[OPTION_OWN] = {
    [OPTION_HOME] = {OPTION_HOME, 0, "home", OPTION_TEXT, "DIR",
        "qmail home; else $QMAILHOME or as compiled in"},
    [OPTION_QUEUE] = {OPTION_QUEUE, 0, "queue", OPTION_TEXT, "DIR",
        "queue; else the folder queue of the home"},
    [OPTION_LOG] = {OPTION_LOG, 0, "log", OPTION_TEXT, "PATH",
        "log of qmail-send, a file or a multilog folder"},
    [OPTION_FORMAT] = {OPTION_FORMAT, 0, "format", OPTION_CHOICE, "text",
        "form of the output"},
    [OPTION_JSON] = {OPTION_JSON, 0, "json", OPTION_FLAG, NULL,
        "the same as --format json"},
    [OPTION_COLOR] = {OPTION_COLOR, 0, "color", OPTION_WHEN, WHEN,
        "colours; auto: on a terminal, without $NO_COLOR"},
    [OPTION_PROGRESS] = {OPTION_PROGRESS, 0, "progress", OPTION_WHEN, WHEN,
        "progress on standard error; auto: on a terminal"},
    [OPTION_NOW] = {OPTION_NOW, 0, "now", OPTION_NUMBER, "EPOCH",
        "unix time to work with instead of the clock"},
    [OPTION_STRICT] = {OPTION_STRICT, 0, "strict", OPTION_FLAG, NULL,
        "refuse arguments that would be ignored"},
    [OPTION_HELP] = {OPTION_HELP, 0, "help", OPTION_FLAG, NULL,
        "print this help"},
    [OPTION_VERSION] = {OPTION_VERSION, 0, "version", OPTION_FLAG, NULL,
        "print name and version"},
};

struct option
options_resolve(const struct option *row)
{
	struct option full = *row;

	if (row->id >= OPTION_OWN)
		return full;
	full = shared[row->id];
	full.letter = row->letter;
	if (row->value != NULL)
		full.value = row->value;
	if (row->help != NULL)
		full.help = row->help;
	return full;
}

/* ---- finding ------------------------------------------------------------- */

static bool
find_long(const struct options_program *p, struct span name, struct option *out)
{
	for (size_t i = 0; i < p->rows; i++) {
		*out = options_resolve(&p->row[i]);
		if (out->name != NULL && span_eq(span_cstr(out->name), name))
			return true;
	}
	for (int id = OPTION_HELP; id <= OPTION_VERSION; id++) {
		*out = shared[id];
		if (span_eq(span_cstr(out->name), name))
			return true;
	}
	return false;
}

static bool
find_letter(const struct options_program *p, char letter, struct option *out)
{
	for (size_t i = 0; i < p->rows; i++) {
		*out = options_resolve(&p->row[i]);
		if (out->letter == letter)
			return true;
	}
	return false;
}

static bool
is_choice(const struct option *row, const char *text)
{
	struct span rest = span_cstr(row->value), wanted = span_cstr(text);

	while (rest.n > 0) {
		size_t bar = span_find(rest, '|', 0);

		if (span_eq(span_first(rest, bar), wanted))
			return true;
		rest = span_from(rest, bar + 1);
	}
	return false;
}

/* ---- recording ----------------------------------------------------------- */

static int
no_memory(struct err *e)
{
	errno = ENOMEM;
	return err_sys(e, "read", "the arguments");
}

static int
add_operand(struct options *o, const char *text, struct err *e)
{
	if (!array_grow(&o->operand, &o->operand_cap, o->operands + 1,
	        sizeof(o->operand[0])))
		return no_memory(e);
	o->operand[o->operands++] = text;
	return 0;
}

/* what: as typed; shown so that a terminal is safe from it. */
static int
wrong(struct err *e, const char *text, const char *what)
{
	struct str safe = {0};
	const char *shown;

	printable_put(&safe, span_cstr(what));
	shown = str_cstr(&safe);
	err_set(e, ERR_LIMIT, "%s %s", text, shown == NULL ? "" : shown);
	str_free(&safe);
	return -1;
}

static int
wrong_value(struct err *e, const struct option *row, const char *text)
{
	char prefix[128];

	(void)snprintf(prefix, sizeof(prefix), "--%s takes %s, not", row->name,
	    row->kind == OPTION_NUMBER ? "a number" : row->value);
	return wrong(e, prefix, text);
}

static int
add_given(struct options *o, const struct option *row, const char *text,
    struct err *e)
{
	struct option_given given = {.id = row->id, .text = text};

	switch (row->kind) {
	case OPTION_FLAG:
	case OPTION_TEXT:
		break;
	case OPTION_NUMBER:
		if (!num_parse_u64(span_cstr(text), INT64_MAX, &given.number))
			return wrong_value(e, row, text);
		break;
	case OPTION_CHOICE:
	case OPTION_WHEN:
		if (!is_choice(row, text))
			return wrong_value(e, row, text);
		break;
	}
	if (!array_grow(&o->given, &o->cap, o->n + 1, sizeof(o->given[0])))
		return no_memory(e);
	o->given[o->n++] = given;
	return 0;
}

/* ---- parsing ------------------------------------------------------------- */

struct arguments {
	int argc, at; /* argv[at] is the argument in work */
	char **argv;
};

/* attached: the value in the same argument, NULL when there is none. */
static int
take_option(struct options *o, struct arguments *a, const struct option *row,
    const char *attached, struct err *e)
{
	const char *next = a->at + 1 < a->argc ? a->argv[a->at + 1] : NULL;

	if (row->kind == OPTION_FLAG) {
		if (attached != NULL)
			return err_set(e, ERR_LIMIT, "--%s takes no value",
			    row->name);
		return add_given(o, row, NULL, e);
	}
	if (attached != NULL)
		return add_given(o, row, attached, e);
	if (row->kind == OPTION_WHEN && (next == NULL || !is_choice(row, next)))
		return add_given(o, row, "always", e);
	if (next == NULL)
		return err_set(e, ERR_LIMIT, "--%s needs a value: %s",
		    row->name, row->value);
	a->at++;
	return add_given(o, row, next, e);
}

static int
take_long(struct options *o, struct arguments *a, struct err *e)
{
	const char *arg = a->argv[a->at];
	struct span name = span_cstr(arg + 2);
	size_t equal = span_find(name, '=', 0);
	struct option row;

	if (find_long(o->program, span_first(name, equal), &row))
		return take_option(o, a, &row,
		    equal < name.n ? arg + 2 + equal + 1 : NULL, e);
	if (o->program->lenient)
		return add_operand(o, arg, e);
	return wrong(e, "unknown option", arg);
}

static int
take_letters(struct options *o, struct arguments *a, struct err *e)
{
	const char *arg = a->argv[a->at];

	for (const char *p = arg + 1; *p != '\0'; p++) {
		struct option row;

		if (!find_letter(o->program, *p, &row)) {
			if (o->program->lenient)
				return add_operand(o, arg, e);
			return wrong(e, "unknown option",
			    (const char[]){'-', *p, '\0'});
		}
		if (row.kind != OPTION_FLAG)
			return take_option(o, a, &row,
			    p[1] != '\0' ? p + 1 : NULL, e);
		if (add_given(o, &row, NULL, e) == -1)
			return -1;
	}
	return 0;
}

static int
take_argument(struct options *o, struct arguments *a, struct err *e)
{
	const char *arg = a->argv[a->at];

	if (arg[0] == '-' && arg[1] == '-')
		return take_long(o, a, e);
	if (arg[0] == '-' && arg[1] != '\0')
		return take_letters(o, a, e);
	return add_operand(o, arg, e);
}

int
options_parse(struct options *o, const struct options_program *p, int argc,
    char **argv, struct err *e)
{
	struct arguments a = {argc, 1, argv};
	bool ended = false;

	*o = (struct options){.program = p};
	for (; a.at < argc; a.at++) {
		int rc;

		if (!ended && strcmp(argv[a.at], "--") == 0) {
			ended = true;
			continue;
		}
		rc = ended ? add_operand(o, argv[a.at], e)
		           : take_argument(o, &a, e);
		if (rc == -1)
			return -1;
	}
	if (p->lenient && o->operands > 0 && options_has(o, OPTION_STRICT))
		return wrong(e, "unknown argument", o->operand[0]);
	return 0;
}

void
options_free(struct options *o)
{
	free(o->given);
	free(o->operand);
	*o = (struct options){0};
}

/* ---- asking -------------------------------------------------------------- */

static const struct option_given *
find_given(const struct options *o, int id)
{
	for (size_t i = o->n; i-- > 0;) {
		if (o->given[i].id == id)
			return &o->given[i];
	}
	return NULL;
}

bool
options_has(const struct options *o, int id)
{
	return find_given(o, id) != NULL;
}

const char *
options_text(const struct options *o, int id)
{
	const struct option_given *given = find_given(o, id);

	return given == NULL ? NULL : given->text;
}

uint64_t
options_number(const struct options *o, int id, uint64_t fallback)
{
	const struct option_given *given = find_given(o, id);

	return given == NULL ? fallback : given->number;
}

static struct span
default_format(const struct options_program *p)
{
	for (size_t i = 0; i < p->rows; i++) {
		if (p->row[i].id == OPTION_FORMAT) {
			struct option row = options_resolve(&p->row[i]);
			struct span all = span_cstr(row.value);

			return span_first(all, span_find(all, '|', 0));
		}
	}
	return SPAN("text");
}

bool
options_format_is(const struct options *o, const char *name)
{
	for (size_t i = o->n; i-- > 0;) {
		if (o->given[i].id == OPTION_JSON)
			return strcmp(name, "json") == 0;
		if (o->given[i].id == OPTION_FORMAT)
			return strcmp(name, o->given[i].text) == 0;
	}
	return span_eq(default_format(o->program), span_cstr(name));
}
