/* SPDX-License-Identifier: ISC */
#ifndef MTA_SEND_SEND_SYNC_H
#define MTA_SEND_SEND_SYNC_H

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

/* D marks reach the disk in groups: each second, or each SEND_SYNC_MARKS
 * marks. After a crash at most these recipients get the message twice.
 * Specification: queue.md section 8.3. */

enum { SEND_SYNC_MARKS = 32 };

struct send_sync_file {
	int fd;
	int close; /* the file is ours to close */
};

/* All zero is valid. */
struct send_sync {
	struct send_sync_file files[SEND_SYNC_MARKS];
	size_t n;
	unsigned marks;
	int64_t deadline; /* unix seconds; meaningful while n > 0 */
	int failed;       /* errno of a sync that failed since last asked */
};

/* A mark was written to fd. */
void send_sync_mark(struct send_sync *s, int fd, int64_t now);

/* The file is going to be removed: what was marked no longer matters. */
void send_sync_forget(struct send_sync *s, int fd);

/* Closes fd, now or after its marks are synced. */
void send_sync_close(struct send_sync *s, int fd);

/* Syncs everything. Failures are kept in s->failed; the marks are lost only if
 * the machine crashes. */
void send_sync_flush(struct send_sync *s);

#endif
