/* SPDX-License-Identifier: ISC */
#ifndef FMT_CSV_H
#define FMT_CSV_H

#include <stdbool.h>

#include "base/span.h"
#include "base/str.h"

/* Comma-separated values (RFC 4180: CRLF, quotes doubled). Bytes that are not
 * valid UTF-8 are written as \xNN. A field that a spreadsheet would take for a
 * formula, because it begins with = + - @ or a tab, gets a ' in front unless
 * raw is set. */
struct csv {
	struct str *out;
	bool raw;
	bool in_row; /* private */
};

/* The next field of the row; the end of the row. */
void csv_field(struct csv *c, struct span text);
void csv_end_row(struct csv *c);

#endif
