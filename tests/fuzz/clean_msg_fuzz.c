/* SPDX-License-Identifier: ISC */
#include <stddef.h>
#include <stdint.h>

#include "qmail/clean_msg.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Invariant: a request that is accepted is written again byte for byte. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span request = {(const char *)data, size};
	struct str out = {0};
	struct clean_msg m;

	if (clean_msg_parse(request, &m)) {
		clean_msg_put(&out, &m);
		if (!str_ok(&out) || out.n < CLEAN_MSG_MIN ||
		    out.n > CLEAN_MSG_MAX || m.id == 0 ||
		    !span_eq(span_first(str_span(&out), out.n - 1), request))
			__builtin_trap();
	}
	str_free(&out);
	return 0;
}
