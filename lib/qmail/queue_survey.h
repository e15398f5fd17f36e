/* SPDX-License-Identifier: ISC */
#ifndef QMAIL_QUEUE_SURVEY_H
#define QMAIL_QUEUE_SURVEY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"
#include "qmail/queue_path.h"

/* What kind of queue a directory is, by the directories in it alone: split,
 * variants, and what speaks against a whole queue. For tools that must also
 * read damaged queues; daemons use queue_layout_detect(), which refuses them.
 * Specification: queue.md section 1.4. */

struct queue_tree {
	bool present;     /* is a directory */
	bool readable;    /* and could be listed */
	uint64_t subdirs; /* numbered subdirectories */
	uint64_t largest; /* highest of their numbers */
};

struct queue_survey {
	struct queue_tree tree[QUEUE_KINDS];
	/* How to read the queue: what the split trees agree on, or what most of
	 * them say, mess first. */
	struct queue_layout layout;
	bool sound;     /* nothing is missing, has holes or disagrees */
	unsigned suppl; /* bit N: there is a supplementary channel supplN */
};

/* -1 when it is no queue: mess/ is missing or has no numbered subdirectory. */
NODISCARD int queue_survey_load(struct queue_survey *s, int queue_dir,
    struct err *e);

/* Appends one line per tree and variant: the evidence. */
void queue_survey_put(const struct queue_survey *s, struct str *out);

/* Appends, each with a NUL behind it, the names of queues in a directory that
 * is no queue itself but a base of several (indimail: queue1..., nqueue, slowq,
 * qmta). 0, or -1 when it cannot be listed. */
NODISCARD int queue_survey_members(int base_dir, struct str *names,
    struct err *e);

#endif
