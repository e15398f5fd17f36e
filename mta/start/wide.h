/* SPDX-License-Identifier: ISC */
#ifndef MTA_START_WIDE_H
#define MTA_START_WIDE_H

#include <stdbool.h>

#include "base/attr.h"
#include "qmail/site.h"

/* True when the files of qmail-send and of both spawners carry the mark of the
 * wide protocol (qmail/spawn_msg.h). Scripts, other people's programs and files
 * that cannot be read do not. */
NODISCARD bool wide_is_spoken(const struct site *s);

/* True when the file holds spawn_wide_mark. Memory is bounded. */
NODISCARD bool wide_has_mark(const char *path);

#endif
