/* SPDX-License-Identifier: ISC */
#include <stddef.h>
#include <stdint.h>

#include "fmt/smtp_data.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_encoder(struct span stored)
{
	struct smtp_encoder c = {0};
	struct smtp_decoder d = {0};
	struct str wire = {0}, back = {0};
	struct span rest;

	smtp_encode(&c, stored, &wire);
	smtp_encode_end(&c, &wire);
	rest = str_span(&wire);
	if (smtp_decode(&d, &rest, &back) != SMTP_DECODE_END || rest.n != 0 ||
	    d.has_bare_cr)
		__builtin_trap();
	str_free(&wire);
	str_free(&back);
}

/* Invariants: whatever was stored is sent as exactly one message; how the input
 * is cut into pieces does not matter to the decoder. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = {(const char *)data, size};
	struct smtp_decoder whole = {0}, pieces = {0};
	struct str a = {0}, b = {0};
	struct span rest = in;
	enum smtp_decode_status status, last = SMTP_DECODE_MORE;

	check_encoder(in);
	status = smtp_decode(&whole, &rest, &a);
	for (size_t i = 0; i < size && last == SMTP_DECODE_MORE; i++) {
		struct span one = span_first(span_from(in, i), 1);

		last = smtp_decode(&pieces, &one, &b);
	}
	if (status != last || !span_eq(str_span(&a), str_span(&b)))
		__builtin_trap();
	str_free(&a);
	str_free(&b);
	return 0;
}
