/* SPDX-License-Identifier: ISC */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "qmail/remote_report.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Invariant: there is always a letter, the text holds no NUL and is no longer
 * than what came; nothing is accepted that lacks a K. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = {(const char *)data, size};
	struct str out = {0};

	remote_report_condense(in, &out);
	if (out.n == 0 || memchr("KZD", out.p[0], 3) == NULL ||
	    out.n > size + 1 || memchr(out.p, '\0', out.n) != NULL)
		__builtin_trap();
	if (out.p[0] == 'K' && memchr(in.p, 'K', in.n) == NULL)
		__builtin_trap();
	str_free(&out);
	return 0;
}
