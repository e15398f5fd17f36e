/* SPDX-License-Identifier: ISC */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <sys/types.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/span.h"
#include "base/str.h"

/* All functions take a directory descriptor (or AT_FDCWD) and a name relative
 * to it, return 0 or -1 and fill *e. */

/* Replaces name by bytes so that after a crash the old or the new content is
 * there in full: written to "name.new", synced, renamed, directory synced. */
NODISCARD int file_replace(int dir, const char *name, struct span bytes,
    mode_t mode, struct err *e);

/* Appends the whole file to *out. Refuses what is not a regular file and what
 * is larger than max bytes (ERR_LIMIT). e->sys is ENOENT when it is absent.
 * Symbolic links are followed. */
NODISCARD int file_load(int dir, const char *name, size_t max, struct str *out,
    struct err *e);

/* Opens a directory for *at calls and fsync. Returns the descriptor or -1. */
NODISCARD int file_open_dir(int dir, const char *name, struct err *e);

/* Makes the names in the directory durable. name is for the message only. */
NODISCARD int file_sync_dir(int dir, const char *name, struct err *e);

/* The same for the directory that name stands in: dir itself, or one below it.
 * dir may be AT_FDCWD. */
NODISCARD int file_sync_parent(int dir, const char *name, struct err *e);

#endif
