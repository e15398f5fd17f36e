/* SPDX-License-Identifier: ISC */
#include <stddef.h>
#include <stdint.h>

#include "qmail/queue_record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Invariants: records, written again, are the input up to where it is damaged;
 * each offset is where its letter stands. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span all = {(const char *)data, size}, in = all;
	enum queue_record_status status;
	struct queue_record r;
	struct str out = {0};
	uint64_t offset = 0;

	while (
	    (status = queue_record_take(&in, &offset, &r)) == QUEUE_RECORD_OK) {
		if (all.p[r.offset] != r.letter)
			__builtin_trap();
		if (r.letter == '\0')
			str_putc(&out, '\0');
		else
			queue_record_put(&out, r.letter, r.text);
	}
	if (offset != size - in.n ||
	    (status == QUEUE_RECORD_END) != (in.n == 0) ||
	    (str_ok(&out) &&
	        !span_eq(str_span(&out), span_first(all, (size_t)offset))))
		__builtin_trap();
	str_free(&out);
	return 0;
}
