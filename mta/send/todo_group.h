/* SPDX-License-Identifier: ISC */
#ifndef MTA_SEND_TODO_GROUP_H
#define MTA_SEND_TODO_GROUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "mta/send/todo_entry.h"
#include "mta/send/todo_sync.h"
#include "mta/send/todo_work.h"

/* Messages that are preprocessed together: their files are synced back to
 * back, each directory once. One message alone is a group as well. */
enum {
	TODO_GROUP_MAX = 64,
	TODO_GROUP_BYTES = 4 * 1024 * 1024, /* enough to begin with */
	TODO_GROUP_DIRS = 128,
};

/* A directory kept open for syncing. */
struct todo_dir {
	int fd; /* -1 = not in use */
	enum queue_kind kind;
	uint64_t sub;
};

/* A directory that the present commit has synced, or failed to. */
struct todo_synced {
	enum queue_kind kind;
	uint64_t sub;
	enum todo_result result;
};

struct todo_group {
	struct todo_entry entry[TODO_GROUP_MAX];
	size_t n;
	/* each entry may touch info, local, remote and bounce */
	struct todo_synced synced[TODO_GROUP_MAX * 4];
	size_t n_synced;
	struct todo_dir dir[TODO_GROUP_DIRS];
	struct todo_sync sync;
};

/* An empty group; close ends it whatever its entries have come to. */
void todo_group_init(struct todo_group *g, const struct todo_work *w);
void todo_group_close(struct todo_group *g);

/* Takes the entries from files that are written to messages that are reported:
 * syncs, has qmail-clean remove intd and todo, syncs todo, reports. An entry
 * that fails on the way has another result than TODO_READY afterwards.
 * False when the connection to qmail-clean is lost. */
NODISCARD bool todo_group_commit(struct todo_group *g, struct todo_work *w);

#endif
