/* SPDX-License-Identifier: ISC */
#include <stddef.h>
#include <stdint.h>

#include "qmail/bounce.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Whatever the address and the report hold, what is written is exactly one
 * paragraph. */
static void
check_put(struct span recipient, struct span report)
{
	struct span in, got, text;
	struct str out = {0};

	bounce_paragraph_put(&out, recipient, report, SPAN(""));
	in = str_span(&out);
	if (!str_ok(&out) ||
	    bounce_paragraph_take(&in, &got, &text) != BOUNCE_OK || in.n != 0 ||
	    got.n != recipient.n)
		__builtin_trap();
	str_free(&out);
}

/* Invariant: taking paragraphs always terminates inside the input. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = {(const char *)data, size}, recipient, text;
	size_t half = size / 2;

	while (bounce_paragraph_take(&in, &recipient, &text) == BOUNCE_OK) {
		if (text.n > size || recipient.n > size)
			__builtin_trap();
	}
	in = (struct span){(const char *)data, size};
	check_put(span_first(in, half), span_from(in, half));
	return 0;
}
