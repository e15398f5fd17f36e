/* SPDX-License-Identifier: ISC */
#include <stddef.h>
#include <stdint.h>

#include "fmt/mbox.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
put_quoted(struct str *out, struct span message, size_t block)
{
	struct mbox_quoter q = {0};

	while (message.n > 0) {
		struct span in = span_first(message, block), piece;

		message = span_from(message, in.n);
		while (mbox_quote_next(&q, &in, &piece))
			str_put(out, piece);
	}
	mbox_quote_end(&q, out);
}

/* The reader's side: one ">" less, and no line that begins a message. */
static void
put_unquoted(struct str *out, struct span text)
{
	struct span line;

	while (span_take_line(&text, &line)) {
		struct span rest = line;

		while (span_take_prefix(&rest, SPAN(">")))
			;
		if (span_has_prefix(rest, SPAN("From "))) {
			if (line.p[0] != '>')
				__builtin_trap();
			line = span_from(line, 1);
		}
		str_put(out, line);
		str_putc(out, '\n');
	}
}

/* Invariants: how the message is cut into blocks does not matter; a reader gets
 * the message back; it ends with an empty line. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str whole = {0}, cut = {0}, back = {0};
	struct span message;

	if (size == 0)
		return 0;
	message = (struct span){(const char *)data + 1, size - 1};
	put_quoted(&whole, message, message.n);
	put_quoted(&cut, message, (size_t)data[0] % 16 + 1);
	if (!span_eq(str_span(&whole), str_span(&cut)))
		__builtin_trap();
	if (!span_has_suffix(str_span(&whole), SPAN("\n")))
		__builtin_trap();
	put_unquoted(&back, span_first(str_span(&whole), whole.n - 1));
	if (!span_has_prefix(str_span(&back), message) ||
	    back.n > message.n + 1)
		__builtin_trap();
	str_free(&whole);
	str_free(&cut);
	str_free(&back);
	return 0;
}
