/* SPDX-License-Identifier: ISC */
#ifndef BASE_FD_H
#define BASE_FD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/attr.h"
#include "base/str.h"

/* Closes *fd when it is open (>= 0) and sets it to -1. Keeps errno. */
void fd_close(int *fd);

/* Reads until n bytes or the end of the file; restarts after EINTR. Returns
 * the bytes read, -1 with errno. */
NODISCARD ssize_t fd_read_full(int fd, void *buf, size_t n);

/* One read, restarted after EINTR. */
NODISCARD ssize_t fd_read_some(int fd, void *buf, size_t n);

/* The same at an offset, which the descriptor's own does not take part in. */
NODISCARD ssize_t fd_read_at(int fd, void *buf, size_t n, off_t offset);

/* Writes all n bytes; restarts after EINTR and short writes. 0 or -1. */
NODISCARD int fd_write_full(int fd, const void *buf, size_t n);

/* Writes out from *at on to a non-blocking descriptor, as far as that takes it;
 * when nothing is left, *out is empty and *at 0. 0, or -1 with errno. */
NODISCARD int fd_flush(int fd, struct str *out, size_t *at);

/* Opens /dev/null on whichever of descriptors 0, 1, 2 are closed, so that no
 * file opened later can be taken for standard output. 0 or -1. */
NODISCARD int fd_ensure_standard(void);

/* Sets O_NONBLOCK, for all who share the open file. 0 or -1 with errno. */
NODISCARD int fd_set_nonblocking(int fd);

/* A pipe whose two ends are O_CLOEXEC. 0 or -1 with errno. */
NODISCARD int fd_pipe(int ends[2]);

enum { FD_BATCH_MAX = 64 };

/* Descriptors to be closed together, by one system call for each run of
 * numbers. All zero is empty. For loops that read many thousand small files. */
struct fd_batch {
	int fd[FD_BATCH_MAX]; /* ascending */
	int n;
};

/* Takes over fd; closes the batch when it is full. */
void fd_batch_add(struct fd_batch *b, int fd);
void fd_batch_close(struct fd_batch *b);

#endif
