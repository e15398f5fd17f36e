/* SPDX-License-Identifier: ISC */
#ifndef QMAIL_QUEUE_WALK_H
#define QMAIL_QUEUE_WALK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/dir.h"
#include "base/err.h"
#include "qmail/queue_path.h"

/* Everything that lies in one tree of a queue (mess, todo...), read from its
 * directories alone. */
struct queue_entry {
	enum queue_kind kind;
	int64_t subdir;   /* -1: not in a numbered subdirectory */
	struct span name; /* a NUL stands behind it; until the next call */
	uint64_t ino;
	unsigned char type; /* DT_REG... */
	uint64_t id;        /* 0: the name is not that of a message */
	bool misplaced;     /* a message where no program looks for it */
};

struct queue_walk {
	int queue_dir;
	const struct queue_layout *layout;
	enum queue_kind kind;
	struct dir dir;
	int64_t subdir; /* now reading; -1: the tree's own directory */
	bool in_dir;    /* dir is open */
	/* numbers of subdirectories beyond the layout */
	uint64_t *extra;
	size_t extras, cap;
};

#define QUEUE_WALK_INIT            \
	{                          \
		.dir = {.fd = -1 } \
	}

/* Begins with the tree of kind; also after an earlier one, keeping memory.
 * layout must stay valid. 0, or -1 when the tree cannot be opened. */
NODISCARD int queue_walk_open(struct queue_walk *w, int queue_dir,
    const struct queue_layout *layout, enum queue_kind kind, struct err *e);

/* 1 with the next entry; 0 at the end; -1 when a directory is missing or
 * cannot be read: the following call goes on with the next directory. The
 * subdirectories of the layout come in their order, then others that exist. */
NODISCARD int queue_walk_next(struct queue_walk *w, struct queue_entry *entry,
    struct err *e);

/* The directory of the last entry or failure: its path, and its descriptor for
 * *at calls. */
struct queue_path queue_walk_dir(const struct queue_walk *w);
int queue_walk_fd(const struct queue_walk *w);

void queue_walk_free(struct queue_walk *w);

#endif
