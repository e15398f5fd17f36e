/* SPDX-License-Identifier: ISC */
#ifndef QMAIL_QUEUE_DIRS_H
#define QMAIL_QUEUE_DIRS_H

#include <stdint.h>
#include <sys/types.h>

#include "base/attr.h"
#include "base/err.h"
#include "qmail/queue_path.h"

/* Descriptors of the directories that hold the files of one message. They stay
 * open until a message of another subdirectory is asked for, so that messages
 * in the order of a scan cost nothing. */
struct queue_dirs {
	int queue_dir;
	const struct queue_layout *layout;
	int fd[QUEUE_KINDS];          /* -1: not open */
	uint64_t subdir[QUEUE_KINDS]; /* of split trees */
};

/* Borrows both. */
void queue_dirs_init(struct queue_dirs *d, int queue_dir,
    const struct queue_layout *layout);
void queue_dirs_close(struct queue_dirs *d);

/* The directory of a message's file of this kind, which remains ours. -1 with
 * *e. */
NODISCARD int queue_dirs_get(struct queue_dirs *d, enum queue_kind kind,
    uint64_t id, struct err *e);

#endif
