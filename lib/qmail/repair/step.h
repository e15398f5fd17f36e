/* SPDX-License-Identifier: ISC */
#ifndef QMAIL_REPAIR_STEP_H
#define QMAIL_REPAIR_STEP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/attr.h"
#include "base/err.h"
#include "qmail/repair/journal.h"
#include "qmail/repair/pinned.h"

/* One change of a queue: a journal record of a step kind, all paths relative to
 * the queue directory. A step says what it changes by inode number, works only
 * on that, may be repeated, and has an inverse. Nothing is overwritten, and the
 * only name ever removed is one that such a step has added to a file. */

enum step_state {
	STEP_BEFORE,  /* can be done */
	STEP_AFTER,   /* is done */
	STEP_NEITHER, /* its object is elsewhere, or its target is taken */
};

enum step_state step_look(struct pinned *p, const struct journal_record *s);

/* 0; -1 with *e, and nothing was changed. */
NODISCARD int step_run(struct pinned *p, const struct journal_record *s,
    struct err *e);

/* In a or b of a step that is not prepared: stays as it is. */
#define STEP_KEEP INT64_MIN

/* Fills in what an inverse needs and only the queue knows: old_a, old_b, old;
 * and a, b that are to stay. *kept: the memory of s->old, to be freed with the
 * step; NULL for most. */
NODISCARD int step_prepare(struct pinned *p, struct journal_record *s,
    char **kept, struct err *e);

/* What takes s, which was prepared, back. */
struct journal_record step_inverse(const struct journal_record *s);

/* lstat of a path. False when it is not there. */
NODISCARD bool step_stat(struct pinned *p, struct span path, struct stat *st);

/* Time of the last change of an inode, in nanoseconds. */
int64_t step_ctime(const struct stat *st);

#endif
