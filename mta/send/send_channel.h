/* SPDX-License-Identifier: ISC */
#ifndef MTA_SEND_SEND_CHANNEL_H
#define MTA_SEND_SEND_CHANNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/span.h"
#include "base/str.h"
#include "qmail/spawn_msg.h"

/* The two pipes of one spawner and its deliveries under way. Specification:
 * processes.md sections 2.1-2.3. Neither pipe ever blocks us. */

/* One delivery; its index is the delivery number on the pipe. */
struct send_slot {
	uint64_t number; /* in the log */
	uint64_t offset; /* of the record in the chan file */
	uint32_t job;
	bool busy;
	struct str recipient; /* as it stands in the chan file */
};

struct send_channel {
	int to, from; /* descriptors */
	bool wide;
	bool lost;      /* the spawner is gone */
	unsigned limit; /* most deliveries at a time */
	unsigned used;
	struct send_slot *slots; /* grows as needed, up to limit */
	size_t n_slots, slots_cap;
	unsigned *free; /* numbers of the free ones; room for all slots */
	size_t n_free, free_cap;
	struct str out; /* commands not written yet, from out_at on */
	size_t out_at;
	struct str in; /* reports not handled yet, from in_at on */
	size_t in_at;
};

/* Reads the greeting, waiting for it, and makes both pipes non-blocking.
 * wanted: the concurrency of the control file. -1 when the spawner is not
 * there. */
NODISCARD int send_channel_open(struct send_channel *c, int to, int from,
    bool wide, unsigned wanted);
void send_channel_free(struct send_channel *c); /* not the descriptors */

/* True when a further delivery may be started now. */
bool send_channel_is_free(const struct send_channel *c);

/* A free slot with its recipient, marked busy; NULL without memory. *delivery
 * becomes its number on the pipe. */
NODISCARD struct send_slot *send_channel_take_slot(struct send_channel *c,
    struct span recipient, unsigned *delivery);
void send_channel_free_slot(struct send_channel *c, unsigned delivery);

/* The slot of a delivery under way; NULL when there is none of this number. */
struct send_slot *send_channel_find(struct send_channel *c, unsigned delivery);

/* Appends a command for the spawner. False, and nothing appended, without
 * memory. */
NODISCARD bool send_channel_command(struct send_channel *c,
    const struct spawn_command *command);

/* True while commands wait for room in the pipe. */
bool send_channel_has_output(const struct send_channel *c);

/* Writes what the pipe takes. -1 when the spawner is gone. */
NODISCARD int send_channel_flush(struct send_channel *c);

/* Reads what is there. -1 when the spawner is gone. */
NODISCARD int send_channel_read(struct send_channel *c);

/* Takes the next whole report of what was read; r->text is valid until the next
 * send_channel_read(). */
NODISCARD bool send_channel_next(struct send_channel *c,
    struct spawn_report *r);

#endif
