/* SPDX-License-Identifier: ISC */
#ifndef MTA_SEND_SEND_FILES_H
#define MTA_SEND_SEND_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/span.h"
#include "base/str.h"

/* The queue files that qmail-send reads and marks: info/ID, local/ID and
 * remote/ID. Specification: queue.md sections 2.4 and 2.5. queue is a
 * descriptor of the queue directory; nothing here follows a symbolic link or
 * waits for a FIFO. */

enum { SEND_RECORD_MAX = 16384 }; /* bytes of one record */

/* Opens a regular file. -1 with errno, EINVAL for any other type. */
NODISCARD int send_file_open(int queue, const char *path, int flags);

enum send_file_status {
	SEND_FILE_OK,
	SEND_FILE_MISSING,
	SEND_FILE_BAD,   /* breaks its format */
	SEND_FILE_ERROR, /* the system refused; errno */
};

/* Reads info/ID: appends the sender. *birth is set whenever the file could be
 * examined, also for a bad one, else 0. */
NODISCARD enum send_file_status send_info_load(int queue, const char *path,
    struct str *sender, int64_t *birth);

/* A pass over a chan file. All zero with fd is ready for the first record. */
struct send_pass {
	int fd;          /* -1 when closed */
	bool at_end;     /* no more bytes in the file */
	struct str buf;  /* bytes from file offset `offset` on */
	size_t at;       /* the ones before it are consumed */
	uint64_t offset; /* of the next record */
};

enum send_pass_status {
	SEND_PASS_TODO,    /* T: *text is a recipient */
	SEND_PASS_DONE,    /* D */
	SEND_PASS_END,     /* every record was read */
	SEND_PASS_UNKNOWN, /* a letter that must not be there */
	SEND_PASS_DAMAGED, /* no NUL behind the last record, or too long, or
	                      the file is empty */
	SEND_PASS_ERROR,   /* errno; try again later */
};

/* Looks at the next record without consuming it: *text is valid until the next
 * call, offset is where it begins. */
NODISCARD enum send_pass_status send_pass_peek(struct send_pass *p,
    struct span *text);
/* Consumes the record that was peeked at last. */
void send_pass_skip(struct send_pass *p, struct span text);

/* True when the records read so far are all there are, as far as is known
 * without reading. */
bool send_pass_is_over(const struct send_pass *p);

/* Frees the buffer; the descriptor stays. */
void send_pass_end(struct send_pass *p);

/* Writes the one byte D. 0 or -1 with errno. */
NODISCARD int send_file_mark(int fd, uint64_t offset);

#endif
