/* SPDX-License-Identifier: ISC */
#include "prog/options.h"

#include <string.h>

#include "base/span.h"
#include "base/str.h"

/* The left column is as wide as its longest entry up to this; a longer entry
 * has its text on the next line. */
enum { LEFT_MAX = 32 };

static void
put_left(struct str *left, const struct option *row)
{
	str_put_cstr(left, "  ");
	if (row->letter != 0) {
		str_putc(left, '-');
		str_putc(left, row->letter);
		str_put_cstr(left, ", ");
	}
	str_put_cstr(left, "--");
	str_put_cstr(left, row->name);
	if (row->value == NULL)
		return;
	str_put_cstr(left, row->kind == OPTION_WHEN ? "[=" : " ");
	str_put_cstr(left, row->value);
	if (row->kind == OPTION_WHEN)
		str_putc(left, ']');
}

static void
put_line(struct out *out, struct span left, const char *help, size_t width)
{
	out_put(out, left);
	if (left.n > width) {
		out_putc(out, '\n');
		left.n = 0;
	}
	for (size_t i = left.n; i < width + 2; i++)
		out_putc(out, ' ');
	out_put_cstr(out, help);
	out_putc(out, '\n');
}

/* Rows of the program, then --help and --version. */
static struct option
nth_option(const struct options_program *p, size_t i)
{
	if (i < p->rows)
		return options_resolve(&p->row[i]);
	return options_resolve(&(struct option){
	    .id = i == p->rows ? OPTION_HELP : OPTION_VERSION});
}

static void
put_options(const struct options_program *p, struct out *out)
{
	struct str left = {0};
	size_t width = 0;

	for (size_t i = 0; i < p->rows + 2; i++) {
		struct option row = nth_option(p, i);

		str_reset(&left);
		put_left(&left, &row);
		if (left.n > width && left.n <= LEFT_MAX)
			width = left.n;
	}
	for (size_t i = 0; i < p->rows + 2; i++) {
		struct option row = nth_option(p, i);

		str_reset(&left);
		put_left(&left, &row);
		put_line(out, str_span(&left), row.help, width);
	}
	str_free(&left);
}

static void
put_verbs(const struct options_program *p, struct out *out)
{
	struct str left = {0};
	size_t width = 0;

	for (size_t i = 0; i < p->verbs; i++) {
		size_t n = strlen(p->verb[i].usage) + 2;

		if (n > width && n <= LEFT_MAX)
			width = n;
	}
	for (size_t i = 0; i < p->verbs; i++) {
		str_reset(&left);
		str_put_cstr(&left, "  ");
		str_put_cstr(&left, p->verb[i].usage);
		put_line(out, str_span(&left), p->verb[i].help, width);
	}
	out_putc(out, '\n');
	str_free(&left);
}

void
options_put_help(const struct options_program *p, struct out *out)
{
	out_put_cstr(out, "usage: ");
	out_put_cstr(out, p->name);
	out_putc(out, ' ');
	out_put_cstr(out, p->synopsis);
	out_put_cstr(out, "\n\n");
	out_put_cstr(out, p->about);
	out_put_cstr(out, "\n\n");
	if (p->verbs > 0)
		put_verbs(p, out);
	put_options(p, out);
}
