/* SPDX-License-Identifier: ISC */
#ifndef MTA_SEND_SEND_END_H
#define MTA_SEND_SEND_END_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "mta/send/send_heap.h"

struct send;

/* The end of a message: notice to the sender, then bounce, info, and by
 * qmail-clean intd and mess, which frees its number. Specification:
 * processes.md section 3.4, queue.md section 8.3. */
struct send_end {
	struct send_heap letters; /* waiting for a place for their notice */
	/* On filesystems that do not keep the order of removals: messages
	 * whose info was removed, until the directories are synced. */
	bool unordered;
	uint64_t *removed;
	size_t n_removed, removed_cap;
	int64_t sync_at; /* meaningful while n_removed > 0 */
};

/* Looks at the filesystem of the queue. */
void send_end_open(struct send *s);
void send_end_free(struct send *s);

/* Ends messages that are due in s->done. */
void send_end_run(struct send *s);
NODISCARD int64_t send_end_wake(const struct send *s);

/* The notice of a message was taken by qmail-queue, or not. */
void send_end_letter_done(struct send *s, uint64_t id, unsigned flags,
    bool sent);

/* Reads what qmail-clean answered. */
void send_end_read_clean(struct send *s);

#endif
