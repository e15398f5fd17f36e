/* SPDX-License-Identifier: ISC */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stdint.h>

#include "base/attr.h"
#include "base/span.h"

/* Secret of one hash table. Keys come from outside: without a secret somebody
 * could choose keys that all fall into one slot. */
struct hash_seed {
	uint64_t k[2];
};

/* A seed nobody can guess. For mains and loops; tests write their own. 0, or
 * -1 with errno. */
NODISCARD int hash_seed_make(struct hash_seed *seed);

/* SipHash-2-4 of the bytes with A-Z read as a-z, so that spans which
 * ascii_eq_nocase() calls equal have equal values. */
NODISCARD uint64_t hash_nocase(const struct hash_seed *seed, struct span bytes);

#endif
