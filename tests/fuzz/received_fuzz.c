/* SPDX-License-Identifier: ISC */
#include <stddef.h>
#include <stdint.h>

#include "qmail/received.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Invariant: a line that is accepted is written again byte for byte. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span line = {(const char *)data, size};
	struct str out = {0};
	struct received r;

	if (received_parse(line, &r) == RECEIVED_OK) {
		received_put(&out, &r);
		if (!str_ok(&out) || out.n > RECEIVED_MAX ||
		    !span_eq(span_first(str_span(&out), out.n - 1), line))
			__builtin_trap();
	}
	str_free(&out);
	return 0;
}
