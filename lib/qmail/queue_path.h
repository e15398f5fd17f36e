/* SPDX-License-Identifier: ISC */
#ifndef QMAIL_QUEUE_PATH_H
#define QMAIL_QUEUE_PATH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/span.h"

/* Names of queue files, relative to the queue directory. Specification:
 * queue.md sections 1 and 1.4. */

/* The per-message files, in the order of the columns of the state table. */
enum queue_kind {
	QUEUE_MESS,
	QUEUE_INTD,
	QUEUE_TODO,
	QUEUE_INFO,
	QUEUE_LOCAL,
	QUEUE_REMOTE,
	QUEUE_BOUNCE,
	QUEUE_KINDS /* count */
};

/* How a queue spreads its files; read from the queue, never compiled in. */
struct queue_layout {
	uint64_t split;  /* number of subdirectories, at least 1 */
	bool split_todo; /* todo and intd are split too ("big todo") */
	/* The link count of mess/ told the split, which no btrfs would do. */
	bool counts_links;
};

enum {
	QUEUE_PATH_MAX = 64,
	QUEUE_SPLIT_MAX = 65536,
	QUEUE_SPLIT_DEFAULT = 23,
	QUEUE_ADDRESS_MAX = 1002, /* bytes of an address in an envelope */
};

struct queue_path {
	char text[QUEUE_PATH_MAX]; /* NUL-terminated */
};

/* "mess", "intd", ...: directory name of a kind. */
const char *queue_kind_name(enum queue_kind kind);

/* True when files of this kind lie in numbered subdirectories. */
bool queue_kind_is_split(const struct queue_layout *l, enum queue_kind kind);

/* "mess/20/457" or "bounce/457". */
struct queue_path queue_path(const struct queue_layout *l, enum queue_kind kind,
    uint64_t id);

/* The directory that holds it: "mess/20" or "bounce". */
struct queue_path queue_path_dir(const struct queue_layout *l,
    enum queue_kind kind, uint64_t id);

/* "20/457": how spawners are told the message file, relative to mess/. */
struct queue_path queue_path_mess_name(const struct queue_layout *l,
    uint64_t id);

/* A canonical message number: decimal, no leading zero, not 0. */
NODISCARD bool queue_id_parse(struct span name, uint64_t *id);

/* Reads the layout from the queue directory: mess/ must hold the
 * subdirectories 0..n-1 without a hole, and todo/0 is a directory exactly when
 * todo and intd are split. Costs four system calls where directories count
 * their subdirectories as links; it is no check of the structure. -1 with *e
 * when there is no such structure. */
NODISCARD int queue_layout_detect(int queue_dir, struct queue_layout *l,
    struct err *e);

#endif
