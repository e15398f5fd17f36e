/* SPDX-License-Identifier: ISC */
#ifndef MTA_SEND_TODO_HOLD_H
#define MTA_SEND_TODO_HOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include "mta/send/todo_work.h"

/* Entries of todo/ that failed, so that they are not tried, and complained
 * about, with every message that comes in. An entry whose file changed is
 * somebody's repair, or another message, and is held no longer. */
struct todo_held {
	uint64_t id;
	int64_t until;
	unsigned failures;
	ino_t ino; /* the file that failed; 0 if it could not be examined */
	struct timespec changed;
};

enum {
	TODO_HOLD_TROUBLE_S = 10,    /* the system refused */
	TODO_HOLD_STUBBORN_S = 1500, /* and again and again */
	TODO_HOLD_DAMAGED_S = 3600,
	TODO_HOLD_PATIENCE = 6, /* failures before it is stubborn */
};

/* All zero holds nothing. */
struct todo_hold {
	struct todo_held *items; /* sorted by id */
	size_t n, cap;
};

void todo_hold_free(struct todo_hold *h); /* returns to all zero */

/* Until when the entry shall be passed over, 0 if it shall not. */
int64_t todo_hold_until(struct todo_hold *h, const struct todo_work *w,
    uint64_t id, int64_t now);

/* The entry failed. Returns when it may be tried again; without memory it is
 * not held, and tried with the next scan. */
int64_t todo_hold_put(struct todo_hold *h, const struct todo_work *w,
    uint64_t id, enum todo_result result, int64_t now);

/* The entry is done, or gone. */
void todo_hold_forget(struct todo_hold *h, uint64_t id);

#endif
