/* SPDX-License-Identifier: ISC */
#ifndef MTA_SEND_TODO_SYNC_H
#define MTA_SEND_TODO_SYNC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

/* Syncing a whole file system with one call: of a large group that costs as
 * much as syncing one or two files, where each file by itself would wait for
 * the disk in turn. It has to give the same promise as fsync of every file and
 * directory, so it is used only where it does:
 *
 * - the kernel reports both a failed write of data and a failed commit from
 *   syncfs (Linux 5.18 and later); after any failure the files are synced one
 *   by one, which says whose data it was;
 * - the file system is one whose sync is known to include names: ext2, ext3,
 *   ext4, xfs, btrfs, tmpfs.
 *
 * Somebody else's unwritten data is written as well. When that took long, the
 * next groups go file by file. */
struct todo_sync {
	int (*whole)(int fd); /* syncfs; NULL = file by file */
	int64_t (*microseconds)(void);
	unsigned skip; /* groups that still go file by file */
};

enum {
	TODO_SYNC_MIN = 8, /* messages in a group that make it worth while */
	TODO_SYNC_SLOW_US = 2 * 1000 * 1000,
	TODO_SYNC_SKIP = 100,
};

/* microseconds: a clock, or NULL for file by file. */
void todo_sync_init(struct todo_sync *s, int queue,
    int64_t (*microseconds)(void));

/* Syncs everything for a group of n messages; false when the files have to be
 * synced one by one. */
NODISCARD bool todo_sync_whole(struct todo_sync *s, int queue, size_t n);

/* release: as of uname(2), "6.1.0-18-amd64". */
NODISCARD bool todo_sync_is_kernel_new(const char *release);

#endif
