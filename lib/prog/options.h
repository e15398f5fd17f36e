/* SPDX-License-Identifier: ISC */
#ifndef PROG_OPTIONS_H
#define PROG_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/out.h"

/* Command lines. A program describes its options in one const table; parsing,
 * --help and the checks of its manual page all come from that table. Options
 * that several programs know are described once, in options.c, and a program's
 * table only names them.
 *
 *	enum { SORT = OPTION_OWN };
 *	static const struct option rows[] = {
 *	    {.id = OPTION_HOME, .letter = 'H'},
 *	    {.id = OPTION_FORMAT, .letter = 'f', .value = "text|json"},
 *	    {.id = SORT, .name = "sort", .help = "oldest first"},
 *	};
 *	static const struct options_program program = {
 *	    .name = "qthing",
 *	    .version = config_version,
 *	    .synopsis = "[OPTION]... [FILE]...",
 *	    .about = "Shows things.",
 *	    .row = rows,
 *	    .rows = sizeof(rows) / sizeof(rows[0]),
 *	};
 *
 * Options stand anywhere, before or after a verb; "--" ends them. Values are
 * written "--name VALUE", "--name=VALUE", "-n VALUE" or "-nVALUE"; letters
 * without a value may share one "-". */

enum option_id {
	OPTION_HOME,     /* --home DIR */
	OPTION_QUEUE,    /* --queue DIR */
	OPTION_LOG,      /* --log PATH */
	OPTION_FORMAT,   /* --format NAME; the row's value lists the names */
	OPTION_JSON,     /* --json: the same as --format json */
	OPTION_COLOR,    /* --color auto|always|never */
	OPTION_PROGRESS, /* --progress[=auto|always|never] */
	OPTION_NOW,      /* --now EPOCH */
	OPTION_STRICT,   /* --strict, of programs that are lenient */
	OPTION_HELP,     /* --help, known to every program */
	OPTION_VERSION,  /* --version, known to every program */
	OPTION_OWN       /* first id of a program's own options */
};

enum option_kind {
	OPTION_FLAG,   /* no value */
	OPTION_TEXT,   /* any value */
	OPTION_NUMBER, /* an unsigned decimal number */
	OPTION_CHOICE, /* one of the words of .value, "a|b|c" */
	/* a choice that may be left out and then is "always"; a word that
	 * stands apart is taken only if it is one of the choices */
	OPTION_WHEN,
};

/* One option of one program. For a shared id only letter and, of
 * OPTION_FORMAT, value count; help replaces the shared text when not NULL. */
struct option {
	int id;
	char letter; /* 0: none */
	const char *name;
	enum option_kind kind;
	const char *value; /* as --help shows it, "DIR"; or the choices */
	const char *help;  /* a few words, no capital, no full stop */
};

/* For --help only. */
struct options_verb {
	const char *usage; /* "init HOST" */
	const char *help;
};

struct options_program {
	const char *name;
	const char *version;
	const char *synopsis; /* behind the name in the first line of --help */
	const char *about;    /* one or more sentences */
	const struct options_verb *verb;
	size_t verbs;
	const struct option *row;
	size_t rows;
	/* Classic programs never looked at their arguments: what is no option
	 * of the table is ignored, unless --strict is given. */
	bool lenient;
	int usage_status; /* exit status of wrong usage; 0 means 100 */
};

struct option_given {
	int id;
	const char *text; /* the value; NULL for a flag */
	uint64_t number;  /* OPTION_NUMBER */
};

/* What was on a command line. The texts live as long as argv. */
struct options {
	const struct options_program *program;
	struct option_given *given; /* in the order of the command line */
	size_t n, cap;
	const char **operand; /* arguments that are no options, in order */
	size_t operands, operand_cap;
};

/* Parses argv[1..argc). 0; -1 with a sentence for the user in *e. After either
 * options_free() releases what *o holds. --help and --version are only
 * recorded. */
NODISCARD int options_parse(struct options *o, const struct options_program *p,
    int argc, char **argv, struct err *e);
void options_free(struct options *o);

/* How a main begins: die_name(), options_parse(), and --help, --version and
 * wrong usage end the program. */
void options_begin(struct options *o, const struct options_program *p, int argc,
    char **argv);

/* Whether it was given. */
NODISCARD bool options_has(const struct options *o, int id);
/* The value given last; NULL when there is none. */
const char *options_text(const struct options *o, int id);
/* The number given last; fallback when there is none. */
uint64_t options_number(const struct options *o, int id, uint64_t fallback);
/* True when name is the format asked for by --format or --json, whichever came
 * last; the first name of the table is the default. */
NODISCARD bool options_format_is(const struct options *o, const char *name);

/* The text of --help. */
void options_put_help(const struct options_program *p, struct out *out);

/* The full description of a row: shared texts filled in. For help and tests. */
struct option options_resolve(const struct option *row);

#endif
