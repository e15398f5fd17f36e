/* SPDX-License-Identifier: ISC */
#ifndef QMAIL_SPAWN_SLOTS_H
#define QMAIL_SPAWN_SLOTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/attr.h"
#include "base/str.h"

/* The running deliveries of a spawner. A slot is found by its delivery number
 * (its index), by the process id of its child, or by being due; each in
 * constant time, and memory is touched only as far as numbers are used. */

/* What a slot waits for at its deadline. All waits of one kind last equally
 * long, so that appending keeps each list in order. */
enum spawn_wait {
	SPAWN_WAIT_NOTHING,
	SPAWN_WAIT_RUN,   /* the time a delivery may take */
	SPAWN_WAIT_GRACE, /* what follows a kill, or a death */
	SPAWN_WAITS       /* count */
};

struct spawn_slot {
	bool used;
	bool dead;      /* the child was waited for; status is set */
	bool timed_out; /* it was killed because it took too long */
	bool cut;       /* output beyond the limit was dropped */
	int fd;         /* report pipe, -1 behind its end */
	pid_t pid;
	int status; /* as of wait(2) */
	struct str output;
	uint32_t generation; /* tells this use of the slot from the last */
	enum spawn_wait wait;
	int64_t deadline;        /* milliseconds, monotonic */
	uint32_t previous, next; /* list of wait; index + 1, 0 = none */
	uint32_t pid_next;       /* chain of the hash; the same */
};

struct spawn_slots {
	struct spawn_slot *slot;
	size_t n;       /* slots there are */
	size_t used;    /* slots in use */
	size_t running; /* children not waited for */
	uint32_t *heads;
	size_t mask;
	struct {
		uint32_t first, last;
	} list[SPAWN_WAITS];
};

/* 0, or -1 without memory. */
NODISCARD int spawn_slots_init(struct spawn_slots *s, unsigned n);
void spawn_slots_free(struct spawn_slots *s);

/* Takes the slot of a delivery number. NULL when there is no such number or it
 * is in use. */
NODISCARD struct spawn_slot *spawn_slots_take(struct spawn_slots *s,
    unsigned delivery);

/* Gives it back, with its output. The child must be dead or never started. */
void spawn_slots_release(struct spawn_slots *s, struct spawn_slot *slot);

/* The delivery number of a slot. */
unsigned spawn_slots_number(const struct spawn_slots *s,
    const struct spawn_slot *slot);

/* The slot has a child now, to be found by its pid. */
void spawn_slots_started(struct spawn_slots *s, struct spawn_slot *slot,
    pid_t pid);

/* The child of pid has died: its slot, or NULL for a child of nobody. */
NODISCARD struct spawn_slot *spawn_slots_died(struct spawn_slots *s, pid_t pid,
    int status);

/* Sets or replaces the slot's deadline. With SPAWN_WAIT_NOTHING there is none.
 */
void spawn_slots_wait(struct spawn_slots *s, struct spawn_slot *slot,
    enum spawn_wait wait, int64_t deadline);

/* The slot that is due at now, or NULL. */
NODISCARD struct spawn_slot *spawn_slots_due(struct spawn_slots *s,
    int64_t now);

/* The earliest deadline; false when nothing waits. */
NODISCARD bool spawn_slots_next_deadline(const struct spawn_slots *s,
    int64_t *deadline);

#endif
