/* SPDX-License-Identifier: ISC */
#include "prog/table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "fmt/printable.h"

enum { GAP = 2, COLUMNS_MAX = 32 };

static void
end_cell(struct table *t)
{
	if (!str_ok(&t->text) ||
	    !array_grow(&t->end, &t->cap, t->cells + 1, sizeof(t->end[0]))) {
		t->failed = true;
		return;
	}
	t->end[t->cells++] = t->text.n;
}

void
table_text(struct table *t, struct span text)
{
	printable_put(&t->text, text);
	end_cell(t);
}

void
table_u64(struct table *t, uint64_t value)
{
	str_put_u64(&t->text, value);
	end_cell(t);
}

static struct span
cell(const struct table *t, size_t i)
{
	size_t start;

	if (i >= t->cells)
		return (struct span){0};
	start = i == 0 ? 0 : t->end[i - 1];
	return (struct span){t->text.p + start, t->end[i] - start};
}

static void
put_blanks(struct out *out, size_t n)
{
	while (n-- > 0)
		out_putc(out, ' ');
}

/* pending: blanks to be written before the next text of the line. */
static void
put_cell(struct out *out, struct span text, size_t width, bool right,
    size_t *pending)
{
	size_t blanks = width - text.n;

	if (right)
		*pending += blanks;
	if (text.n > 0) {
		put_blanks(out, *pending);
		*pending = 0;
		out_put(out, text);
	}
	if (!right)
		*pending += blanks;
	*pending += GAP;
}

int
table_put(const struct table *t, struct out *out)
{
	size_t width[COLUMNS_MAX], pending = 0;

	if (t->failed || t->columns == 0 || t->columns > COLUMNS_MAX) {
		errno = ENOMEM;
		return -1;
	}
	for (size_t k = 0; k < t->columns; k++)
		width[k] = strlen(t->column[k].title);
	for (size_t i = 0; i < t->cells; i++) {
		size_t n = cell(t, i).n;

		if (n > width[i % t->columns])
			width[i % t->columns] = n;
	}
	for (size_t k = 0; k < t->columns; k++)
		put_cell(out, span_cstr(t->column[k].title), width[k],
		    t->column[k].right, &pending);
	out_putc(out, '\n');
	for (size_t row = 0; row < t->cells; row += t->columns) {
		pending = 0;
		for (size_t k = 0; k < t->columns; k++)
			put_cell(out, cell(t, row + k), width[k],
			    t->column[k].right, &pending);
		out_putc(out, '\n');
	}
	return 0;
}

void
table_free(struct table *t)
{
	str_free(&t->text);
	free(t->end);
	t->end = NULL;
	t->cells = t->cap = 0;
	t->failed = false;
}
