/* SPDX-License-Identifier: ISC */
#ifndef QMAIL_MANIFEST_H
#define QMAIL_MANIFEST_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/attr.h"
#include "base/span.h"
#include "qmail/ids.h"

/* What belongs into a qmail home, and whose it is: the text files mta/modes
 * and mta/layout, which "make install" reads too. They are part of the
 * program. Specification: control.md section 8. */
enum manifest_kind {
	MANIFEST_PROGRAM, /* file in bin/, made by install */
	MANIFEST_DIR,     /* folder, made by install and by qmailctl init */
	MANIFEST_SHIP,    /* folder of installed files, made by install */
	MANIFEST_QUEUE,   /* folder, made with the queue */
	MANIFEST_SPLIT,   /* the same, with subfolders 0..split-1 */
	MANIFEST_TODO,    /* the same, with subfolders in a big-todo queue */
	MANIFEST_FILE,    /* regular file, made with the queue */
	MANIFEST_FIFO,    /* named pipe, made with the queue */
};

enum { MANIFEST_PATH_MAX = 64 };

struct manifest_row {
	enum manifest_kind kind;
	char path[MANIFEST_PATH_MAX]; /* below the home; "." is the home */
	mode_t mode;
	enum ids_user owner;
	enum ids_group group;
	uint64_t size; /* bytes of a MANIFEST_FILE */
};

enum manifest_status {
	MANIFEST_OK,
	MANIFEST_END, /* no row left */
	MANIFEST_BAD, /* the next line is neither row nor comment */
};

/* Where a reader of the manifest stands; all zero is the beginning. */
struct manifest {
	struct span rest;
	unsigned part;
};

/* The next row, programs first, parents before what they hold. */
NODISCARD enum manifest_status manifest_next(struct manifest *m,
    struct manifest_row *row);

/* One line of mta/modes (is_program) or of mta/layout. Pure. */
NODISCARD bool manifest_parse(struct span line, bool is_program,
    struct manifest_row *row);

#endif
