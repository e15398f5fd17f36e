/* SPDX-License-Identifier: ISC */
#ifndef QMAIL_CONTROL_H
#define QMAIL_CONTROL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/span.h"
#include "base/str.h"

/* Readers of control files. Specification: control.md section 1; which files
 * there are and what their defaults are: qmail/control_schema.h. */

/* ---- pure part: bytes of a file in, values out --------------------------- */

/* First line, stripped of trailing blanks and of one CR. */
struct span control_parse_line(struct span file);

/* Leading decimal digits of the first line; what follows them is ignored, a
 * value above INT32_MAX becomes INT32_MAX. False without a leading digit. */
NODISCARD bool control_parse_int(struct span file, uint32_t *value);

/* Appends each entry of a list file with a NUL behind it. */
void control_parse_list(struct span file, struct str *entries);

/* ---- files --------------------------------------------------------------- */

/* The control files of one home. me is read first, by everybody. */
struct control {
	int home; /* descriptor of the home, or AT_FDCWD when it is the cwd */
	struct str me;
	bool has_me;
};

/* Results of the getters: found (or a default applies), absent without a
 * default, failure with *e (which names the file). */
enum control_status {
	CONTROL_FAILED = -1,
	CONTROL_ABSENT = 0,
	CONTROL_FOUND = 1,
	CONTROL_DEFAULT = 2, /* the file is absent, the default was given */
};

/* Reads control/me. 0 or -1. */
NODISCARD int control_open(struct control *c, int home, struct err *e);
void control_close(struct control *c);

/* The value of one file, with its default from the schema. name must be in the
 * schema with the kind the function is for. *out is appended to. */
NODISCARD enum control_status control_get_line(const struct control *c,
    const char *name, struct str *out, struct err *e);
NODISCARD enum control_status control_get_int(const struct control *c,
    const char *name, uint32_t *out, struct err *e);
/* Entries as of control_parse_list(). A present but empty list is FOUND. Also
 * for maps ("key:value" entries). */
NODISCARD enum control_status control_get_list(const struct control *c,
    const char *name, struct str *entries, struct err *e);
/* Whole file, unparsed. */
NODISCARD enum control_status control_get_text(const struct control *c,
    const char *name, struct str *out, struct err *e);

#endif
