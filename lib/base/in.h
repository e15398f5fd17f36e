/* SPDX-License-Identifier: ISC */
#ifndef BASE_IN_H
#define BASE_IN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/span.h"
#include "base/str.h"

enum { IN_BUFFER = 65536 };

enum in_status {
	IN_OK,
	IN_END,   /* nothing more to read */
	IN_ERROR, /* errno says why */
	IN_LONG,  /* line longer than the caller's limit, or no memory */
};

/* Buffered reading. Open with in_open(); in_close() frees the buffer and leaves
 * the descriptor open. */
struct in {
	int fd;
	char *buf;
	size_t at, end; /* unread bytes are buf[at..end) */
	bool eof;
	bool is_file; /* see in_reopen() */
};

/* 0, or -1 without memory. */
NODISCARD int in_open(struct in *in, int fd);
void in_close(struct in *in);

/* Goes on with another descriptor, keeping the buffer. is_file: it is a regular
 * file, so a read that does not fill the buffer was the last; this saves the
 * system call that would say so. */
void in_reopen(struct in *in, int fd, bool is_file);

/* Makes unread bytes available: *bytes borrows them until the next call. Does
 * not consume; see in_consume(). */
NODISCARD enum in_status in_peek(struct in *in, struct span *bytes);
void in_consume(struct in *in, size_t n);

/* Appends the next line to *line, with its LF if it has one (only the last
 * line of the input may lack it). max: bytes of one line. */
NODISCARD enum in_status in_line(struct in *in, size_t max, struct str *line);

#endif
