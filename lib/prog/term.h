/* SPDX-License-Identifier: ISC */
#ifndef PROG_TERM_H
#define PROG_TERM_H

#include <stdbool.h>

#include "base/attr.h"

/* What --color and --progress mean. when: the value of the option, NULL without
 * it, which is "auto". fd: where the output goes. */

/* auto: on a terminal that is not "dumb", unless NO_COLOR is set and not
 * empty. */
NODISCARD bool term_wants_color(const char *when, int fd);

/* auto: on a terminal. */
NODISCARD bool term_wants_progress(const char *when, int fd);

enum term_style {
	TERM_PLAIN, /* ends any other */
	TERM_BOLD,
	TERM_DIM,
	TERM_RED,
	TERM_YELLOW,
	TERM_GREEN,
};

/* The bytes that switch to a style; none without colour. */
const char *term_style(enum term_style style, bool color);

#endif
