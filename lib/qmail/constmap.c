/* SPDX-License-Identifier: ISC */
#include "qmail/constmap.h"

#include <stdlib.h>

#include "base/ascii.h"
#include "base/size.h"

enum { CONSTMAP_MIN_SLOTS = 8 };

/* One key and its value, side by side in the entries: the value begins one
 * byte (the colon) behind the key. */
struct constmap_slot {
	uint32_t hash;
	uint32_t at; /* offset of the key plus one; 0 = free */
	uint32_t key_n, value_n;
};

static struct span
slot_key(const struct constmap *m, const struct constmap_slot *slot)
{
	return (struct span){m->entries.p + slot->at - 1, slot->key_n};
}

/* The slot that holds the key, or the free one where it belongs. At least one
 * slot in three is free, so the walk ends. */
static struct constmap_slot *
locate(const struct constmap *m, uint32_t hash, struct span key)
{
	size_t i = hash & m->mask;

	while (m->slots[i].at != 0) {
		if (m->slots[i].hash == hash &&
		    ascii_eq_nocase(slot_key(m, &m->slots[i]), key))
			break;
		i = (i + 1) & m->mask;
	}
	return &m->slots[i];
}

static void
add_entry(struct constmap *m, struct span entry, enum constmap_kind kind)
{
	struct span key = entry;
	struct constmap_slot *slot;
	uint32_t hash;

	if (kind == CONSTMAP_COLON) {
		key.n = span_find(entry, ':', 0);
		if (key.n == entry.n)
			return;
	}
	hash = (uint32_t)hash_nocase(&m->seed, key);
	slot = locate(m, hash, key);
	if (slot->at == 0)
		m->n++;
	if (key.n > m->longest)
		m->longest = key.n;
	slot->hash = hash;
	slot->at = (uint32_t)(entry.p - m->entries.p) + 1;
	slot->key_n = (uint32_t)key.n;
	slot->value_n = (uint32_t)(entry.n - key.n);
	if (kind == CONSTMAP_COLON)
		slot->value_n--; /* the colon */
}

static bool
make_slots(struct constmap *m)
{
	struct span rest = str_span(&m->entries), entry;
	size_t n = 0, want, slots = CONSTMAP_MIN_SLOTS;

	if (rest.n >= UINT32_MAX)
		return false;
	while (span_take_nul(&rest, &entry))
		n++;
	if (!size_mul(n, 3, &want))
		return false;
	want = want / 2 + 1;
	while (slots < want)
		slots *= 2;
	m->slots = calloc(slots, sizeof(*m->slots));
	m->mask = slots - 1;
	return m->slots != NULL;
}

int
constmap_init(struct constmap *m, struct str *entries, enum constmap_kind kind,
    const struct hash_seed *seed)
{
	struct span rest, entry;

	*m = (struct constmap){.entries = *entries, .seed = *seed};
	*entries = (struct str){0};
	if (!str_ok(&m->entries) || !make_slots(m)) {
		constmap_free(m);
		return -1;
	}
	rest = str_span(&m->entries);
	while (span_take_nul(&rest, &entry))
		add_entry(m, entry, kind);
	return 0;
}

void
constmap_free(struct constmap *m)
{
	free(m->slots);
	str_free(&m->entries);
	*m = (struct constmap){0};
}

bool
constmap_find(const struct constmap *m, struct span key, struct span *value)
{
	const struct constmap_slot *slot;

	if (m->n == 0 || key.n > m->longest)
		return false;
	slot = locate(m, (uint32_t)hash_nocase(&m->seed, key), key);
	if (slot->at == 0)
		return false;
	if (value != NULL)
		*value = (struct span){slot_key(m, slot).p + slot->key_n +
		                           (slot->value_n > 0 ? 1 : 0),
		    slot->value_n};
	return true;
}
