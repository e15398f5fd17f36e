/* SPDX-License-Identifier: ISC */
#include <stddef.h>
#include <stdint.h>

#include "fmt/smtp_reply.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Takes replies until the input ends or one is broken, in pieces of n bytes;
 * returns what came out in all. */
static size_t
take_all(struct span in, size_t n, struct str *out)
{
	struct smtp_reply r = {0};
	size_t replies = 0;

	while (in.n > 0) {
		struct span piece = span_first(in, n);
		size_t before = piece.n;
		enum smtp_reply_status status = smtp_reply_take(&r, &piece);

		in = span_from(in, before - piece.n);
		if (r.text.n > SMTP_REPLY_TEXT_MAX ||
		    span_find(str_span(&r.text), '\r', 0) < r.text.n ||
		    span_find(str_span(&r.text), '\0', 0) < r.text.n)
			__builtin_trap();
		if (status == SMTP_REPLY_BROKEN)
			break;
		if (status == SMTP_REPLY_MORE)
			continue;
		if (r.code > 599)
			__builtin_trap();
		(void)smtp_reply_offers(&r, SPAN("SIZE"));
		str_put(out, str_span(&r.text));
		smtp_reply_reset(&r);
		replies++;
	}
	smtp_reply_free(&r);
	return replies;
}

/* Invariants: text is bounded and has neither CR nor NUL; codes are below 600;
 * how the bytes are cut makes no difference. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = {(const char *)data, size};
	struct str whole = {0}, pieces = {0};

	if (take_all(in, SIZE_MAX, &whole) != take_all(in, 3, &pieces) ||
	    !span_eq(str_span(&whole), str_span(&pieces)))
		__builtin_trap();
	str_free(&whole);
	str_free(&pieces);
	return 0;
}
