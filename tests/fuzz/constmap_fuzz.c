/* SPDX-License-Identifier: ISC */
#include <stddef.h>
#include <stdint.h>

#include "base/ascii.h"
#include "qmail/constmap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What a walk through the entries, last one first, says about a key. */
static bool
find_slowly(struct span entries, enum constmap_kind kind, struct span key,
    struct span *value)
{
	struct span entry;
	bool found = false;

	while (span_take_nul(&entries, &entry)) {
		size_t n = entry.n;

		if (kind == CONSTMAP_COLON) {
			n = span_find(entry, ':', 0);
			if (n == entry.n)
				continue;
		}
		if (!ascii_eq_nocase(span_first(entry, n), key))
			continue;
		*value = span_from(entry, n + 1);
		found = true;
	}
	return found;
}

/* Invariant: the table and the walk agree about every key there is, and about
 * neighbours of each. The first byte chooses the kind and the seed. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span input = {(const char *)data, size}, rest, key;
	struct hash_seed seed = {{size > 0 ? data[0] : 0, 1}};
	enum constmap_kind kind =
	    seed.k[0] % 2 == 0 ? CONSTMAP_PLAIN : CONSTMAP_COLON;
	struct str entries = {0};
	struct constmap m;

	input = rest = span_from(input, 1);
	str_put(&entries, input);
	if (constmap_init(&m, &entries, kind, &seed) == -1)
		return 0;
	while (span_take_nul(&rest, &key)) {
		for (size_t n = 0; n <= key.n; n++) {
			struct span part = span_first(key, n), want = {0},
			            got = {0};

			if (find_slowly(input, kind, part, &want) !=
			        constmap_find(&m, part, &got) ||
			    !span_eq(want, got))
				__builtin_trap();
		}
	}
	constmap_free(&m);
	return 0;
}
