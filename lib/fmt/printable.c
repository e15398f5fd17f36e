/* SPDX-License-Identifier: ISC */
#include "fmt/printable.h"

static void
put_hex(struct str *out, unsigned char c)
{
	static const char digits[] = "0123456789abcdef";

	str_put(out, SPAN("\\x"));
	str_putc(out, digits[c >> 4]);
	str_putc(out, digits[c & 15]);
}

void
printable_put(struct str *out, struct span bytes)
{
	for (size_t i = 0; i < bytes.n; i++) {
		unsigned char c = (unsigned char)bytes.p[i];

		if (c == '\\')
			str_put(out, SPAN("\\\\"));
		else if (c == '\n')
			str_put(out, SPAN("\\n"));
		else if (c >= 32 && c < 127)
			str_putc(out, (char)c);
		else
			put_hex(out, c);
	}
}

void
logsafe_put(struct str *out, struct span bytes)
{
	for (size_t i = 0; i < bytes.n; i++) {
		unsigned char c = (unsigned char)bytes.p[i];

		if (c == '\n')
			str_putc(out, '/');
		else if (c == '%' || c < 33 || c > 126)
			str_putc(out, '_');
		else
			str_putc(out, (char)c);
	}
}
