/* SPDX-License-Identifier: ISC */
#ifndef MTA_INJECT_INJECT_OPTIONS_H
#define MTA_INJECT_INJECT_OPTIONS_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/err.h"

/* Where the recipients come from. */
enum inject_source {
	INJECT_ARGUMENTS_OR_HEADER, /* -A: arguments if there are any */
	INJECT_ARGUMENTS,           /* -a */
	INJECT_HEADER,              /* -h */
	INJECT_BOTH,                /* -H */
};

/* The command line of qmail-inject. Strings stay argv's. */
struct inject_options {
	enum inject_source source;
	bool print;         /* -n */
	const char *sender; /* -f, or NULL */
	char *const *recipients;
};

/* 0, or -1 with *e. argv ends with NULL. */
NODISCARD int inject_options_parse(struct inject_options *o, int argc,
    char **argv, struct err *e);

/* Whether the recipients on the command line, and those in the header, count.
 */
bool inject_options_use_arguments(const struct inject_options *o);
bool inject_options_use_header(const struct inject_options *o);

#endif
