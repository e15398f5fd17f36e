/* SPDX-License-Identifier: ISC */
#ifndef QMAIL_QUEUE_RECORD_H
#define QMAIL_QUEUE_RECORD_H

#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/in.h"
#include "base/span.h"
#include "base/str.h"

/* Records of envelopes and queue files: one letter, text, NUL. Specification:
 * queue.md section 2.
 *
 *   envelope on descriptor 1   F sender, T recipient..., then one NUL
 *   todo, intd                 u uid, p pid, F sender, T recipient...
 *   info                       F sender
 *   local, remote              T recipient (to do) or D recipient (done)...
 *
 * This iterator knows no letters, only the shape; which letters are legal is
 * the caller's question. */
struct queue_record {
	char letter;      /* 0 for the empty record that ends an envelope */
	struct span text; /* without letter and NUL; borrowed */
	uint64_t offset;  /* of the letter, from the start of the file */
};

enum queue_record_status {
	QUEUE_RECORD_OK,
	QUEUE_RECORD_END,   /* nothing left */
	QUEUE_RECORD_CUT,   /* bytes left, but no NUL: damage */
	QUEUE_RECORD_LONG,  /* record longer than the reader's limit */
	QUEUE_RECORD_ERROR, /* errno says why; streaming reader only */
};

/* Appends letter, text and the closing NUL. text must not hold one. */
void queue_record_put(struct str *out, char letter, struct span text);

/* Takes one record from the front of *in, which lies at *offset of its file;
 * both advance on QUEUE_RECORD_OK only. */
NODISCARD enum queue_record_status queue_record_take(struct span *in,
    uint64_t *offset, struct queue_record *r);

/* Reads records of any number from a descriptor with bounded memory. */
struct queue_reader {
	struct in in;
	struct str record;
	uint64_t offset;
	size_t max;
};

/* max: bytes of one record with letter and NUL. 0, or -1 without memory. */
NODISCARD int queue_reader_open(struct queue_reader *q, int fd, size_t max);
void queue_reader_close(struct queue_reader *q); /* not the descriptor */
/* Goes on with another file, which must be a regular one. */
void queue_reader_reopen(struct queue_reader *q, int fd);

/* The text is valid until the next call. */
NODISCARD enum queue_record_status queue_reader_next(struct queue_reader *q,
    struct queue_record *r);

#endif
