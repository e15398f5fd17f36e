/* SPDX-License-Identifier: ISC */
#ifndef BASE_DIR_H
#define BASE_DIR_H

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/span.h"

/* Reads directories in the order the system gives, some thousand entries per
 * system call, with what the entry itself says: no stat. One struct may read
 * many directories after each other and keeps its buffer.
 *
 *	struct dir d = {.fd = -1};
 *
 *	if (dir_open(&d, queue_dir, "mess/0", &e) == -1) ...
 *	while ((rc = dir_next(&d, &entry)) == 1) ...
 *	dir_free(&d);
 */
struct dir {
	int fd; /* of the directory, for *at calls; -1 when closed */
	char *buf;
	size_t at, end; /* unread records are buf[at..end) */
};

struct dir_entry {
	struct span name; /* a NUL stands behind it; valid until dir_next() */
	uint64_t ino;
	unsigned char type; /* DT_REG, DT_DIR... of <dirent.h>; DT_UNKNOWN on
	                     * file systems that do not tell */
};

/* Closes what is open and opens name below the directory at. A symbolic link
 * in the last place is refused. 0 or -1. */
NODISCARD int dir_open(struct dir *d, int at, const char *name, struct err *e);

/* 1 with the next entry, without "." and ".."; 0 at the end; -1 with errno. */
NODISCARD int dir_next(struct dir *d, struct dir_entry *entry);

/* Closes the directory, keeps the buffer. */
void dir_close(struct dir *d);
void dir_free(struct dir *d);

#endif
