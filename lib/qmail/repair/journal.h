/* SPDX-License-Identifier: ISC */
#ifndef QMAIL_REPAIR_JOURNAL_H
#define QMAIL_REPAIR_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/span.h"
#include "base/str.h"

/* What a run that writes is about to do and has done, so that it can be
 * finished after a crash and taken back later. One file per run,
 * qfixq/journal/RUN, one JSON object per line, each with its number and a
 * CRC-32C of what stands before it; bytes outside printable ASCII are \u00XX.
 * Nothing is changed before the lines that announce it are on disk.
 * Specification: qfixq.md sections 7.3 and 7.4. */

enum journal_kind {
	JOURNAL_RUN,   /* the first: text, birth (unix seconds) */
	JOURNAL_GROUP, /* group, text (damage or verb), id, birth, n steps */
	/* the steps of the group announced last, in order */
	JOURNAL_MOVE,   /* from -> to */
	JOURNAL_LINK,   /* to becomes one more name of from */
	JOURNAL_UNLINK, /* from, which has other names; to: one of them */
	JOURNAL_OWNER,  /* from: a uid, b gid; old_a, old_b */
	JOURNAL_MODE,   /* from: a; old_a */
	JOURNAL_TIMES,  /* from: a atime, b mtime, nanoseconds; old_a, old_b */
	JOURNAL_RESIZE, /* from: a bytes long; old_a, old: bytes cut off */
	JOURNAL_PATCH,  /* from: bytes at a; old; b mtime to keep, ns */
	/* what became of a group */
	JOURNAL_DONE, /* group, n: plan_aim, text: "INO:CTIME," as left */
	JOURNAL_SKIP, /* group, nothing was changed; text: why */
	JOURNAL_BACK, /* group, begun and taken back */
	JOURNAL_END,  /* the last: the run is complete */
	JOURNAL_KINDS /* count */
};

struct journal_record {
	enum journal_kind kind;
	uint64_t group, id, n, ino;
	int64_t birth;
	int64_t a, b, old_a, old_b;
	struct span text, from, to, bytes, old;
};

/* True for the kinds that change something. */
bool journal_is_step(enum journal_kind kind);

/* One line with its LF. */
void journal_put(struct str *out, uint64_t seq, const struct journal_record *r);

/* Reads one line without its LF; texts are decoded in place and point into it.
 * False for what journal_put() has not written. */
NODISCARD bool journal_parse(char *line, size_t n, uint64_t *seq,
    struct journal_record *r);

/* A journal being written. */
struct journal {
	int fd; /* -1: none */
	uint64_t seq;
	struct str pending;
};

/* A new one; fails when the name exists (e->sys EEXIST). */
NODISCARD int journal_create(struct journal *j, int journal_dir,
    const char *run, struct err *e);
void journal_add(struct journal *j, const struct journal_record *r);
/* Writes what was added; sync: and waits for the disk. */
NODISCARD int journal_flush(struct journal *j, bool sync, struct err *e);
void journal_close(struct journal *j);

/* A journal as read: the records before the first line that is not one, which
 * a crash may have left at the end. */
struct journal_file {
	struct str bytes;
	struct journal_record *record;
	size_t n, cap;
	size_t valid; /* bytes */
};
enum { JOURNAL_FILE_MAX = 1024 * 1024 * 1024 };

NODISCARD int journal_load(struct journal_file *f, int journal_dir,
    const char *run, struct err *e);
void journal_file_free(struct journal_file *f);

/* Goes on writing one that was loaded; what is broken at its end goes. */
NODISCARD int journal_reopen(struct journal *j, int journal_dir,
    const char *run, const struct journal_file *f, struct err *e);

/* The last record says that the run is complete. */
bool journal_is_complete(const struct journal_file *f);

#endif
