/* SPDX-License-Identifier: ISC */
#ifndef MTA_SEND_TODO_ENTRY_H
#define MTA_SEND_TODO_ENTRY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/str.h"
#include "mta/send/todo_work.h"

/* One entry of todo/ and the files made of it: info/ID and, for the channels
 * that have recipients, local/ID and remote/ID. */
struct todo_entry {
	uint64_t id;
	enum todo_result result;
	int fd[QUEUE_KINDS]; /* open for syncing, -1 if not made */
	bool made[QUEUE_KINDS];
	bool dirty[QUEUE_KINDS]; /* its directory must be synced */
	uint64_t bytes;          /* written, all files together */
};

/* Reads todo/ID and writes its files, without syncing them. What an earlier
 * message of the same number left behind (info, local, remote, bounce) is
 * removed. Logs "new msg", "info msg" and warnings. Afterwards entry->result
 * says how it went; unless it is TODO_READY, nothing made is left. */
void todo_entry_write(struct todo_entry *entry, struct todo_work *w,
    uint64_t id);

/* Closes the descriptors; the files stay. */
void todo_entry_close(struct todo_entry *entry);

/* Removes the files again. Only as long as qmail-clean was not asked to remove
 * todo/ID: afterwards they are the message. */
void todo_entry_undo(struct todo_entry *entry, struct todo_work *w);

#endif
