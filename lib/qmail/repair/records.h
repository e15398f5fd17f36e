/* SPDX-License-Identifier: ISC */
#ifndef QMAIL_REPAIR_RECORDS_H
#define QMAIL_REPAIR_RECORDS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/span.h"
#include "base/str.h"
#include "qmail/queue_path.h"

/* What is right and wrong inside one queue file, whatever its bytes. Pure.
 * Specification: qfixq.md sections 1.2 and 3.4. */

enum {
	RECORDS_EMPTY = 1 << 0,
	RECORDS_CUT = 1 << 1,      /* the last record has no NUL */
	RECORDS_LETTER = 1 << 2,   /* a letter that does not belong here */
	RECORDS_NULS = 1 << 3,     /* an empty record */
	RECORDS_NUL_TAIL = 1 << 4, /* all empty records are at the end */
	RECORDS_NO_SENDER = 1 << 5,
	RECORDS_EXTRA = 1 << 6, /* records after info's first */
	RECORDS_IDS = 1 << 7, /* todo: u, p missing, out of order, no number */
	RECORDS_ODD_ADDRESS = 1 << 8, /* no @, empty, long, control, 8-bit */
	RECORDS_TWICE = 1 << 9,       /* the same recipient twice */
	RECORDS_LONG = 1 << 10,       /* too large to be looked at in full */
	RECORDS_UNREADABLE = 1 << 11, /* could not be opened or read: see sys */
	RECORDS_ENDS_BADLY = 1 << 12, /* bounce: not after a blank line */
	RECORDS_CONTROL = 1 << 13,    /* bounce: control bytes or NULs */
};

enum { RECORDS_FILE_MAX = 64 * 1024 * 1024 };

struct records {
	unsigned bad; /* RECORDS_... */
	int sys;
	/* of the first record that is cut, empty or has a wrong letter: those
	 * before it are good */
	uint64_t bad_at;
	uint64_t done, waiting; /* D and T records before bad_at */
	uint64_t nul_tail;      /* zero bytes at the end */
	bool has_sender;
	struct span sender; /* into bytes */
	bool has_ids;
	uint64_t uid, qp; /* todo, intd */
	struct str bytes; /* the file */
};

/* Judges r->bytes as a file of this kind and fills in the rest. */
void records_judge(struct records *r, enum queue_kind kind);

/* Reads a file below the queue directory, which was ino of size bytes when
 * looked at, and judges it. Trouble is RECORDS_UNREADABLE. */
void records_load(struct records *r, int queue_dir, const char *path,
    enum queue_kind kind, uint64_t ino, uint64_t size);

/* Steps through the good records, those before bad_at. *at: 0 to begin. */
NODISCARD bool records_next(const struct records *r, uint64_t *at, char *letter,
    struct span *text);

/* True when some T or D record of list is no recipient of todo, neither
 * literally nor without a prefix "x-" nor with a host name appended. */
NODISCARD bool records_list_is_foreign(const struct records *list,
    const struct records *todo);

void records_free(struct records *r);

#endif
