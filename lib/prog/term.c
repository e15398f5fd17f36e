/* SPDX-License-Identifier: ISC */
#include "prog/term.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool
is_word(const char *text, const char *word)
{
	return text != NULL && strcmp(text, word) == 0;
}

bool
term_wants_color(const char *when, int fd)
{
	const char *no_color = getenv("NO_COLOR");

	if (is_word(when, "always"))
		return true;
	if (is_word(when, "never") || (no_color != NULL && *no_color != '\0'))
		return false;
	return isatty(fd) == 1 && !is_word(getenv("TERM"), "dumb");
}

bool
term_wants_progress(const char *when, int fd)
{
	if (is_word(when, "always"))
		return true;
	return !is_word(when, "never") && isatty(fd) == 1;
}

const char *
term_style(enum term_style style, bool color)
{
	static const char *const codes[] = {
	    [TERM_PLAIN] = "\033[0m",
	    [TERM_BOLD] = "\033[1m",
	    [TERM_DIM] = "\033[2m",
	    [TERM_RED] = "\033[31m",
	    [TERM_YELLOW] = "\033[33m",
	    [TERM_GREEN] = "\033[32m",
	};

	return color ? codes[style] : "";
}
