/* SPDX-License-Identifier: ISC */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "qmail/repair/journal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Invariant: what is read lies inside the line, and any bytes in a record
 * survive writing and reading. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span bytes = {(const char *)data, size};
	struct journal_record r = {.kind = JOURNAL_PATCH, .bytes = bytes}, back;
	struct str line = {0};
	char *copy = malloc(size + 1);
	uint64_t seq;

	if (copy == NULL)
		return 0;
	if (size > 0)
		memcpy(copy, data, size);
	if (journal_parse(copy, size, &seq, &back) && back.from.n > size)
		__builtin_trap();
	free(copy);
	journal_put(&line, size, &r);
	if (str_ok(&line) && (!journal_parse(line.p, line.n - 1, &seq, &back) ||
	                         seq != size || !span_eq(back.bytes, bytes)))
		__builtin_trap();
	str_free(&line);
	return 0;
}
