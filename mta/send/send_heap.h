/* SPDX-License-Identifier: ISC */
#ifndef MTA_SEND_SEND_HEAP_H
#define MTA_SEND_SEND_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

/* Messages by time: a binary heap of 16 bytes each, the earliest first. This
 * is all that is kept of a message which waits. */

/* What is known about the files of a message, so that none is looked for in
 * vain. A flag that is not set is certain; one that is set is not. */
enum {
	SEND_MAY_OTHER = 1,  /* the chan file of the other channel may exist */
	SEND_MAY_BOUNCE = 2, /* bounce/ID may exist */
};

struct send_entry {
	uint64_t id;
	uint64_t key; /* time and flags */
};

/* when: unix seconds. flags: SEND_MAY_... */
struct send_entry send_entry(uint64_t id, int64_t when, unsigned flags);
int64_t send_entry_when(const struct send_entry *e);
unsigned send_entry_flags(const struct send_entry *e);

/* All zero is the valid empty heap. */
struct send_heap {
	struct send_entry *entries;
	size_t n, cap;
	size_t promised; /* places kept free for send_heap_put_back() */
};

void send_heap_free(struct send_heap *h);

/* False without memory. */
NODISCARD bool send_heap_push(struct send_heap *h, struct send_entry e);

/* The earliest entry, NULL when empty. */
const struct send_entry *send_heap_first(const struct send_heap *h);

/* Removes the first entry for good. */
void send_heap_drop(struct send_heap *h);

/* Removes the first entry and keeps its place: send_heap_put_back() cannot
 * fail afterwards. */
struct send_entry send_heap_take(struct send_heap *h);

/* Promises a place without taking an entry; false without memory. */
NODISCARD bool send_heap_promise(struct send_heap *h);

/* Uses up one promise: an entry comes back, or it is released. */
void send_heap_put_back(struct send_heap *h, struct send_entry e);
void send_heap_release(struct send_heap *h);

/* Makes due now what is later than now. */
void send_heap_all_due(struct send_heap *h, int64_t now);

#endif
