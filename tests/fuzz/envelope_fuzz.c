/* SPDX-License-Identifier: ISC */
#include <stddef.h>
#include <stdint.h>

#include "qmail/envelope.h"
#include "qmail/queue_record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The sender's record and only recipients behind it, none too long. */
static void
check_records(struct span in)
{
	struct queue_record r;
	uint64_t offset = 0;
	char letter = 'F';

	while (queue_record_take(&in, &offset, &r) == QUEUE_RECORD_OK) {
		if (r.letter != letter || r.text.n > 1002)
			__builtin_trap();
		letter = 'T';
	}
	if (in.n != 0 || letter == 'F')
		__builtin_trap();
}

/* Invariants: what is accepted are the records of an envelope; it does not
 * matter in which pieces they come. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span all = {(const char *)data, size};
	struct envelope one = {0}, two = {0};
	enum envelope_status whole, parts = ENVELOPE_MORE;
	size_t used = 0, used_parts = 0, at = 0;

	whole = envelope_feed(&one, all, &used);
	while (at < size && parts == ENVELOPE_MORE) {
		size_t n = (size_t)data[at] % 7 + 1, used_now = 0;

		n = n < size - at ? n : size - at;
		parts = envelope_feed(&two, (struct span){all.p + at, n},
		    &used_now);
		used_parts += used_now;
		at += n;
	}
	if (whole != parts)
		__builtin_trap();
	if (whole == ENVELOPE_DONE) {
		if (used != used_parts || all.p[used] != '\0')
			__builtin_trap();
		check_records(span_first(all, used));
	}
	return 0;
}
