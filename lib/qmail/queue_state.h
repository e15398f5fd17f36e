/* SPDX-License-Identifier: ISC */
#ifndef QMAIL_QUEUE_STATE_H
#define QMAIL_QUEUE_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "qmail/queue_path.h"

/* What it means which files of a message exist: the state table.
 * Specification: queue.md section 3, qfixq.md section 2. */

/* The bit of a kind in a set of files. */
#define QUEUE_BIT(kind) (1U << (kind))
enum { QUEUE_SETS = 1 << QUEUE_KINDS /* 128 */ };

enum queue_state {
	QUEUE_S1 = 1, /* not in the queue */
	QUEUE_S2,     /* being written or removed, or garbage */
	QUEUE_S3,     /* envelope being written, or garbage */
	QUEUE_S4,     /* accepted, not preprocessed */
	QUEUE_S5,     /* preprocessed, in delivery */
	QUEUE_BROKEN, /* no state of a healthy queue */
};

/* One row: the sets that hold all of need, none of absent and, unless any is
 * 0, something of any. Every set matches exactly one row. */
struct queue_row {
	const char *name; /* "P5" */
	unsigned need, absent, any;
	enum queue_state state;
	const char *finding; /* of a broken state, "Q201"; else NULL */
};

extern const struct queue_row queue_rows[];
extern const size_t queue_rows_count;

/* The row of a set; never NULL for bits below QUEUE_SETS. */
const struct queue_row *queue_row_find(unsigned bits);

/* True for sets that only damage, or a look that was not atomic, can show. */
NODISCARD bool queue_set_is_broken(unsigned bits);

/* How long nobody has written to mess and intd. qmail-queue kills itself after
 * 24 hours; after 36 hours garbage is collected. */
enum queue_age {
	QUEUE_YOUNG,  /* up to 25 hours: may still be in work */
	QUEUE_AGEING, /* up to 36 hours */
	QUEUE_OLD,
};

/* newest: latest of mtime and ctime of mess and intd, unix seconds. */
enum queue_age queue_age(int64_t newest, int64_t now);

/* What is known about one message. */
struct queue_facts {
	unsigned bits;
	enum queue_age age; /* QUEUE_YOUNG too when a process has it open */
	bool intd_linked;   /* without todo: intd has a second link somewhere */
	bool done_mark;     /* local or remote has a D record */
};

struct queue_verdict {
	const struct queue_row *row;
	enum queue_state state;
	const char *finding; /* "Q210"; NULL: nothing to report */
	bool note_only;      /* too early to act on the finding */
};

/* What the files of one message say together. Pure. */
struct queue_verdict queue_judge(const struct queue_facts *facts);

#endif
