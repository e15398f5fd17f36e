/* SPDX-License-Identifier: ISC */
#include "fmt/quote.h"

static bool
is_atom_or_dot(char c)
{
	static const char others[] = "!#$%&'*+-./=?^_`{|}~";

	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') ||
	       memchr(others, c, sizeof(others) - 1) != NULL;
}

size_t
quote_find_at(struct span mailbox)
{
	return span_rfind(mailbox, '@');
}

bool
quote_is_needed(struct span local)
{
	char previous = '.'; /* a dot may not begin it either */

	for (size_t i = 0; i < local.n; i++) {
		char c = local.p[i];

		if (!is_atom_or_dot(c) || (c == '.' && previous == '.'))
			return true;
		previous = c;
	}
	return previous == '.';
}

void
quote_put_local(struct str *out, struct span local)
{
	if (!quote_is_needed(local)) {
		str_put(out, local);
		return;
	}
	str_putc(out, '"');
	for (size_t i = 0; i < local.n; i++) {
		char c = local.p[i];

		if (c == '\r' || c == '\n' || c == '"' || c == '\\')
			str_putc(out, '\\');
		str_putc(out, c);
	}
	str_putc(out, '"');
}

void
quote_put_mailbox(struct str *out, struct span mailbox)
{
	size_t at = quote_find_at(mailbox);

	if (mailbox.n == 0)
		return;
	quote_put_local(out, span_first(mailbox, at));
	str_put(out, span_from(mailbox, at));
}
