/* SPDX-License-Identifier: ISC */
#ifndef QMAIL_REPAIR_INVENTORY_H
#define QMAIL_REPAIR_INVENTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/span.h"
#include "base/str.h"
#include "qmail/manifest.h"
#include "qmail/queue_path.h"
#include "qmail/queue_survey.h"
#include "qmail/repair/records.h"

/* What lies in a queue directory, healthy or not, handed out message by message
 * in bounded memory: one subdirectory number at a time, because all files of a
 * message share it. Nothing is changed, no link followed, nothing but regular
 * files opened. Specification: qfixq.md sections 1 and 5. */

/* What the system says about one thing. */
struct inventory_file {
	bool present;
	uint32_t mode; /* with the type */
	uint32_t uid, gid, nlink;
	uint64_t dev, ino, size;
	int64_t atime, mtime, ctime; /* unix seconds */
	bool fixed;                  /* immutable or append-only */
};

/* What to ask about each file of a message. */
enum inventory_depth {
	INVENTORY_NAMES, /* directories only: ino and type are known */
	INVENTORY_STAT,  /* one statx per file */
	INVENTORY_DEEP,  /* and records of all but mess */
	INVENTORY_BODIES /* and the first bytes of mess */
};

/* Who should own what. */
struct inventory_ids {
	uid_t qmailq, qmails, qmailr;
	gid_t qmail;
	bool known;   /* false: nothing is said about owners */
	bool learned; /* taken from the queue itself */
};

/* The queue as a whole. */
struct inventory {
	int queue_dir;
	struct inventory_file root; /* of the queue directory */
	struct queue_survey survey;
	struct queue_layout layout;
	bool is_queue; /* false: no layout could be found, see trouble */
	struct inventory_ids ids;
	struct err trouble;
};

/* queue_dir is borrowed and has to stay open; ids: as known by the caller, all
 * zero to learn them from the queue. split: 0, or what to believe instead of
 * what the directories say; 0 always. */
void inventory_open(struct inventory *inv, int queue_dir,
    const struct inventory_ids *ids, uint64_t split);

/* lstat below the queue directory. False when it is not there. */
NODISCARD bool inventory_look(const struct inventory *inv, const char *path,
    struct inventory_file *file);

/* The same below any directory; name "" is the directory itself. */
NODISCARD bool inventory_look_at(int dir, const char *name,
    struct inventory_file *file);

/* One message number and all files in their right places. */
struct inventory_message {
	uint64_t id;
	unsigned bits;              /* QUEUE_BIT of what is there, any type */
	unsigned misplaced;         /* QUEUE_BIT of strays with this number */
	enum inventory_depth depth; /* what was looked at */
	struct inventory_file file[QUEUE_KINDS];
	/* of what was read (depth DEEP, and always for odd sets); NULL of the
	 * rest */
	const struct records *records[QUEUE_KINDS];
};

/* mtime of info, else of mess, else of anything: BIRTH of a token. 0 when
 * nothing is known. */
int64_t inventory_birth(const struct inventory_message *m);

/* Something that is not a message file in its place: a foreign name, a message
 * in the wrong subdirectory, a subdirectory too many, anything in pid/ or lock/
 * or in the queue directory itself. */
enum inventory_where {
	INVENTORY_IN_TREE, /* of kind, subdir as below */
	INVENTORY_IN_PID,
	INVENTORY_IN_LOCK,
	INVENTORY_IN_QUEUE, /* the queue directory */
};

struct inventory_stray {
	enum inventory_where where;
	enum queue_kind kind; /* INVENTORY_IN_TREE */
	int64_t subdir;       /* -1: not in a numbered subdirectory */
	bool extra_dir;       /* a numbered subdirectory beyond the split */
	uint64_t id; /* a message number in the wrong place; 0: other name */
	struct span path; /* from the queue directory; a NUL behind it */
	struct span name; /* its last part */
	struct inventory_file file;
};

/* What a walk hands out. Returning false ends the walk. */
struct inventory_taker {
	bool (*message)(void *context, const struct inventory_message *m);
	bool (*stray)(void *context, const struct inventory_stray *s);
	/* a directory that could not be read: missing or refused */
	void (
	    *unreadable)(void *context, const char *path, const struct err *e);
	void *context;
};

struct inventory_counts {
	uint64_t messages;
	uint64_t file[QUEUE_KINDS];
	uint64_t strays;
};

/* Walks all. Messages of which a set is odd (a broken row, misplaced parts)
 * come last, after all strays, freshly looked at and with their records;
 * wait_us: pause before that second look, for a queue at work. 0; -1 without
 * memory. */
NODISCARD int inventory_walk(const struct inventory *inv,
    enum inventory_depth depth, unsigned wait_us,
    const struct inventory_taker *taker, struct inventory_counts *counts,
    struct err *e);

/* One message by its number; records are valid until the reader's next use.
 * *m has bits 0 when there is nothing. */
struct inventory_reader {
	struct records records[QUEUE_KINDS];
};
void inventory_read_message(const struct inventory *inv,
    struct inventory_reader *r, uint64_t id, enum inventory_depth depth,
    struct inventory_message *m);
/* Reads what m->depth asks for of the files that m says are there. */
void inventory_read_records(const struct inventory *inv,
    struct inventory_reader *r, struct inventory_message *m);
void inventory_reader_free(struct inventory_reader *r);

#endif
