/* SPDX-License-Identifier: ISC */
#include <stddef.h>
#include <stdint.h>

#include "fmt/netstring.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Invariant: every accepted payload lies inside the input, and taking
 * netstrings always terminates. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = {(const char *)data, size}, payload;

	while (netstring_take(&in, 4096, &payload) == NETSTRING_OK) {
		if (payload.n > size || in.p < payload.p + payload.n)
			__builtin_trap();
	}
	return 0;
}
