/* SPDX-License-Identifier: ISC */
#ifndef MTA_SEND_BOUNCE_FILE_H
#define MTA_SEND_BOUNCE_FILE_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/span.h"

/* Appends one paragraph to bounce/ID and makes it durable, file and name, so
 * that the D mark may follow. A file above BOUNCE_FILE_MAX gets no more
 * paragraphs; a line in its last one counts them. On failure the file is as it
 * was before. Specification: queue.md sections 2.6 and 8.3.
 *
 * queue: descriptor of the queue directory. path: "bounce/457". may_exist:
 * false when the file certainly does not exist. 0 or -1. */
NODISCARD int bounce_file_append(int queue, const char *path, bool may_exist,
    struct span paragraph, struct err *e);

#endif
