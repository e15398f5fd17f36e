/* SPDX-License-Identifier: ISC */
#ifndef TESTS_SUPPORT_QUEUE_H
#define TESTS_SUPPORT_QUEUE_H

#include <stdint.h>

#include "base/span.h"
#include "qmail/queue_path.h"

/* Queues for unit tests, in a folder of open_tmp_dir(). Failures end the test.
 */

/* The directories of an empty queue. */
void queue_make(int queue_dir, const struct queue_layout *layout);

/* A file anywhere in it. */
void queue_put(int queue_dir, const char *path, struct span bytes);

/* A file of a message, in its place. */
void queue_put_file(int queue_dir, const struct queue_layout *layout,
    enum queue_kind kind, uint64_t id, struct span bytes);

#endif
