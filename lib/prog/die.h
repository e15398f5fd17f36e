/* SPDX-License-Identifier: ISC */
#ifndef PROG_DIE_H
#define PROG_DIE_H

#include "base/attr.h"
#include "base/err.h"

/* Ends of a main. All write one line "PROGRAM: fatal: TEXT" to standard error
 * and exit. */

enum {
	DIE_PERMANENT = 100, /* wrong usage, bytes that stay broken */
	DIE_TEMPORARY = 111, /* the system refused; somebody can fix it */
};

/* The program's name for all messages; call first. Keeps the pointer. */
void die_name(const char *program);

/* The exit status follows e: 111 when the system refused, else 100. */
NORETURN void die_err(const struct err *e);

/* Always 111: daemons and all that handles mail treat local trouble as
 * temporary. */
NORETURN void die_temporary(const struct err *e);

/* "cannot VERB WHAT: strerror(errno)", exit 111. */
NORETURN void die_sys(const char *verb, const char *what);

/* Writes "usage: PROGRAM SYNOPSIS" and exits 100. */
NORETURN void die_usage(const char *synopsis);

/* Any text and status. */
NORETURN void die_text(int status, const char *fmt, ...) PRINTF(2, 3);

/* "PROGRAM: warning: TEXT" on standard error; returns. */
void warn_text(const char *fmt, ...) PRINTF(1, 2);

#endif
