/* SPDX-License-Identifier: ISC */
#include <stddef.h>
#include <stdint.h>

#include "qmail/queue_record.h"
#include "qmail/repair/records.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* How many records stand in front of bad_at, and where they end. */
static uint64_t
step(const struct records *r, uint64_t *end)
{
	struct span text;
	uint64_t n = 0;
	char letter;

	*end = 0;
	while (records_next(r, end, &letter, &text)) {
		if (letter == 0)
			__builtin_trap();
		n++;
	}
	return n;
}

/* The first byte says which kind of file the rest is. Invariants: what is in
 * front of bad_at is whole records and nothing else; a file without a flaw is
 * good to its end; zeros that are called the tail are zeros; every list is of
 * the family of its own recipients. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const unsigned flaws = RECORDS_CUT | RECORDS_LETTER | RECORDS_NULS;
	struct records r = {0};
	enum queue_kind kind;
	uint64_t end, n;

	if (size == 0)
		return 0;
	kind = (enum queue_kind)(data[0] % QUEUE_KINDS);
	str_put(&r.bytes, (struct span){(const char *)data + 1, size - 1});
	if (!str_ok(&r.bytes))
		return 0;
	records_judge(&r, kind);
	if (kind == QUEUE_MESS || kind == QUEUE_BOUNCE) {
		records_free(&r);
		return 0;
	}
	n = step(&r, &end);
	if (r.bad_at > r.bytes.n || end != r.bad_at || r.done + r.waiting > n)
		__builtin_trap();
	if (((r.bad & flaws) == 0) != (r.bad_at == r.bytes.n))
		__builtin_trap();
	if (((r.bad & RECORDS_EMPTY) != 0) != (size == 1))
		__builtin_trap();
	for (uint64_t i = 0; i < r.nul_tail; i++) {
		if (r.bytes.p[r.bytes.n - 1 - i] != '\0')
			__builtin_trap();
	}
	if (records_list_is_foreign(&r, &r) && n > 0 && r.done + r.waiting == n)
		__builtin_trap();
	records_free(&r);
	return 0;
}
