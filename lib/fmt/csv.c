/* SPDX-License-Identifier: ISC */
#include "fmt/csv.h"

#include "fmt/utf8.h"

static bool
needs_quotes(struct span text)
{
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (c == '"' || c == ',' || c == '\r' || c == '\n')
			return true;
	}
	return false;
}

static bool
is_formula(struct span text)
{
	return text.n > 0 && text.p[0] != '\0' &&
	       strchr("=+-@\t", text.p[0]) != NULL;
}

static void
put_text(struct str *out, struct span text)
{
	static const char hex[] = "0123456789abcdef";

	while (text.n > 0) {
		struct span rest = text;
		uint32_t code;

		if (!utf8_take(&rest, &code)) {
			unsigned char byte = (unsigned char)text.p[0];

			str_put_cstr(out, "\\x");
			str_putc(out, hex[byte >> 4]);
			str_putc(out, hex[byte & 0xf]);
			text = span_from(text, 1);
			continue;
		}
		if (code == '"')
			str_putc(out, '"');
		str_put(out, span_first(text, text.n - rest.n));
		text = rest;
	}
}

void
csv_field(struct csv *c, struct span text)
{
	bool quotes = needs_quotes(text);

	if (c->in_row)
		str_putc(c->out, ',');
	c->in_row = true;
	if (quotes)
		str_putc(c->out, '"');
	if (!c->raw && is_formula(text))
		str_putc(c->out, '\'');
	put_text(c->out, text);
	if (quotes)
		str_putc(c->out, '"');
}

void
csv_end_row(struct csv *c)
{
	str_put_cstr(c->out, "\r\n");
	c->in_row = false;
}
