/* SPDX-License-Identifier: ISC */
#ifndef QMAIL_REPAIR_PINNED_H
#define QMAIL_REPAIR_PINNED_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/span.h"

/* Directories below the queue directory, reached without following any link and
 * kept open, so that a name is only ever used relative to a directory that was
 * seen. Remembers which were changed, to be synced before a run says that
 * something is done. Specification: qfixq.md section 7.1. */

enum { PINNED_DIRS = 128, PINNED_PATH_MAX = 1024 };

struct pinned_dir {
	char *path; /* "mess/3", "" is the queue directory; NULL: unused */
	int fd;
	bool changed;
};

struct pinned {
	int queue_dir; /* borrowed */
	struct pinned_dir dir[PINNED_DIRS];
	size_t next; /* to be given up when all are in use */
	char buf[PINNED_PATH_MAX];
};

void pinned_init(struct pinned *p, int queue_dir);
void pinned_free(struct pinned *p);

/* The directory of what path names. *name: the last part of the path, valid
 * until the next call; "." for the queue directory itself. make: folders that
 * are missing are made, mode 0700. -1 with *e. */
NODISCARD int pinned_dir_of(struct pinned *p, struct span path, bool make,
    const char **name, struct err *e);

/* The directory of the last pinned_dir_of() was or will be changed. */
void pinned_changed(struct pinned *p, int fd);

/* Makes all changes of names durable. */
NODISCARD int pinned_sync(struct pinned *p, struct err *e);

/* Forgets the directories: some of them may have moved. */
NODISCARD int pinned_forget(struct pinned *p, struct err *e);

#endif
