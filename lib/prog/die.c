/* SPDX-License-Identifier: ISC */
#include "prog/die.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *name = "qward";

void
die_name(const char *program)
{
	name = program;
}

/* One write, so that lines of several processes never mix. */
static void
write_line(const char *level, const char *text)
{
	char line[1024];
	int n = snprintf(line, sizeof(line), "%s: %s%s\n", name, level, text);

	if (n < 0)
		return;
	if ((size_t)n >= sizeof(line)) {
		n = (int)sizeof(line) - 1;
		line[n - 1] = '\n';
	}
	/* nothing is left to do when standard error itself fails */
	if (write(STDERR_FILENO, line, (size_t)n) == -1)
		return;
}

void
die_text(int status, const char *fmt, ...)
{
	char text[768];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	write_line("fatal: ", text);
	exit(status);
}

void
warn_text(const char *fmt, ...)
{
	char text[768];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	write_line("warning: ", text);
}

void
die_err(const struct err *e)
{
	die_text(err_is_temporary(e) ? DIE_TEMPORARY : DIE_PERMANENT, "%s",
	    e->text);
}

void
die_temporary(const struct err *e)
{
	die_text(DIE_TEMPORARY, "%s", e->text);
}

void
die_sys(const char *verb, const char *what)
{
	die_text(DIE_TEMPORARY, "cannot %s %s: %s", verb, what,
	    strerror(errno));
}

void
die_usage(const char *synopsis)
{
	char text[768];

	(void)snprintf(text, sizeof(text), "usage: %s %s", name, synopsis);
	write_line("", text);
	exit(DIE_PERMANENT);
}
