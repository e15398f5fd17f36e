/* SPDX-License-Identifier: ISC */
#ifndef PROG_TABLE_H
#define PROG_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/out.h"
#include "base/span.h"
#include "base/str.h"

/* Text in columns as wide as their widest cell:
 *
 *	static const struct table_column columns[] = {{"ID", true}, {"TO"}};
 *	struct table t = {.column = columns, .columns = 2};
 *
 *	table_u64(&t, 457);
 *	table_text(&t, address);
 *	table_put(&t, &out);
 *	table_free(&t);
 */
struct table_column {
	const char *title;
	bool right; /* numbers */
};

struct table {
	const struct table_column *column;
	size_t columns;

	/* private */
	struct str text;
	size_t *end; /* of each cell in text, row by row */
	size_t cells, cap;
	bool failed;
};

/* The next cell, left to right and row by row. Text from anywhere: what a
 * terminal might take for a command is escaped. */
void table_text(struct table *t, struct span text);
void table_u64(struct table *t, uint64_t value);

/* Titles and rows; missing cells of the last row are empty. No blanks at the
 * end of lines. 0, or -1 (ENOMEM) if cells were lost. */
NODISCARD int table_put(const struct table *t, struct out *out);
void table_free(struct table *t); /* keeps the columns */

#endif
