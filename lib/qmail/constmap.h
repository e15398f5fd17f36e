/* SPDX-License-Identifier: ISC */
#ifndef QMAIL_CONSTMAP_H
#define QMAIL_CONSTMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/span.h"
#include "base/str.h"

/* The entries of a control list, for lookup by exact key without regard to
 * ASCII case. Specification: control.md section 1, "map lookup". */

enum constmap_kind {
	CONSTMAP_PLAIN, /* the entry is the key; its value is empty */
	CONSTMAP_COLON, /* "key:value", split at the first colon; entries
	                   without a colon do not count */
};

struct constmap_slot;

/* All zero is a valid map without entries. */
struct constmap {
	struct str entries; /* what the slots point into */
	struct constmap_slot *slots;
	size_t mask;    /* number of slots - 1; a power of two */
	size_t n;       /* different keys */
	size_t longest; /* bytes of the longest key */
	struct hash_seed seed;
};

/* Makes the map of NUL-terminated entries, as of control_get_list(). Of equal
 * keys the last entry counts. Takes over the memory of *entries, which is
 * empty afterwards, also on failure. 0, or -1 without memory (or with more
 * than 4 GB of entries); then *m is the empty map. */
NODISCARD int constmap_init(struct constmap *m, struct str *entries,
    enum constmap_kind kind, const struct hash_seed *seed);
void constmap_free(struct constmap *m); /* returns to all zero */

/* Makes the map of a list of control files; name as for control_get_list(). 1;
 * 0 when there is neither file nor default, and -1 with *e: then *m is the
 * empty map. */
struct control;
NODISCARD int constmap_load(struct constmap *m, const struct control *c,
    const char *name, enum constmap_kind kind, const struct hash_seed *seed,
    struct err *e);

/* Keys longer than any in the map cost nothing, however long they are.
 * value: may be NULL; borrowed from the map, set on success only. */
NODISCARD bool constmap_find(const struct constmap *m, struct span key,
    struct span *value);

static inline bool
constmap_has(const struct constmap *m, struct span key)
{
	return constmap_find(m, key, NULL);
}

#endif
