/* SPDX-License-Identifier: ISC */
#include "mta/send/send_heap.h"

#include <assert.h>
#include <stdlib.h>

#include "base/array.h"

enum { FLAG_BITS = 8 };

static const int64_t latest = INT64_MAX >> FLAG_BITS;

struct send_entry
send_entry(uint64_t id, int64_t when, unsigned flags)
{
	if (when < 0)
		when = 0;
	if (when > latest)
		when = latest;
	return (struct send_entry){id, (uint64_t)when << FLAG_BITS | flags};
}

int64_t
send_entry_when(const struct send_entry *e)
{
	return (int64_t)(e->key >> FLAG_BITS);
}

unsigned
send_entry_flags(const struct send_entry *e)
{
	return (unsigned)(e->key & ((1U << FLAG_BITS) - 1));
}

void
send_heap_free(struct send_heap *h)
{
	free(h->entries);
	*h = (struct send_heap){0};
}

static bool
is_later(struct send_entry a, struct send_entry b)
{
	return a.key >> FLAG_BITS > b.key >> FLAG_BITS;
}

static void
sift_up(struct send_heap *h, size_t i, struct send_entry e)
{
	while (i > 0) {
		size_t parent = (i - 1) / 2;

		if (!is_later(h->entries[parent], e))
			break;
		h->entries[i] = h->entries[parent];
		i = parent;
	}
	h->entries[i] = e;
}

static void
sift_down(struct send_heap *h, size_t i, struct send_entry e)
{
	for (;;) {
		size_t child = 2 * i + 1;

		if (child >= h->n)
			break;
		if (child + 1 < h->n &&
		    is_later(h->entries[child], h->entries[child + 1]))
			child++;
		if (!is_later(e, h->entries[child]))
			break;
		h->entries[i] = h->entries[child];
		i = child;
	}
	h->entries[i] = e;
}

static bool
has_room(struct send_heap *h)
{
	return array_grow(&h->entries, &h->cap, h->n + h->promised + 1,
	    sizeof(*h->entries));
}

bool
send_heap_push(struct send_heap *h, struct send_entry e)
{
	if (!has_room(h))
		return false;
	sift_up(h, h->n++, e);
	return true;
}

const struct send_entry *
send_heap_first(const struct send_heap *h)
{
	return h->n == 0 ? NULL : &h->entries[0];
}

void
send_heap_drop(struct send_heap *h)
{
	assert(h->n > 0);
	h->n--;
	if (h->n > 0)
		sift_down(h, 0, h->entries[h->n]);
}

struct send_entry
send_heap_take(struct send_heap *h)
{
	struct send_entry e = h->entries[0];

	send_heap_drop(h);
	h->promised++;
	return e;
}

bool
send_heap_promise(struct send_heap *h)
{
	if (!has_room(h))
		return false;
	h->promised++;
	return true;
}

void
send_heap_release(struct send_heap *h)
{
	assert(h->promised > 0);
	h->promised--;
}

void
send_heap_put_back(struct send_heap *h, struct send_entry e)
{
	send_heap_release(h);
	sift_up(h, h->n++, e);
}

/* The order of all entries stays as it is, so the heap remains one. */
void
send_heap_all_due(struct send_heap *h, int64_t now)
{
	for (size_t i = 0; i < h->n; i++) {
		struct send_entry *e = &h->entries[i];

		if (send_entry_when(e) > now)
			*e = send_entry(e->id, now, send_entry_flags(e));
	}
}
