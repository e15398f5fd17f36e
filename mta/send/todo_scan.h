/* SPDX-License-Identifier: ISC */
#ifndef MTA_SEND_TODO_SCAN_H
#define MTA_SEND_TODO_SCAN_H

#include <dirent.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "qmail/queue_path.h"

/* Walks through the message numbers in todo/, flat or split. The position is
 * kept between calls, so that a long list is read once, not from its start for
 * each group. */
struct todo_scan {
	int queue;
	struct queue_layout layout;
	DIR *dir;     /* stays open from scan to scan where todo is flat */
	uint64_t sub; /* subdirectory that dir is, where it is split */
};

/* queue: descriptor of the queue directory, kept by the caller. */
void todo_scan_init(struct todo_scan *s, int queue,
    const struct queue_layout *layout);
void todo_scan_close(struct todo_scan *s);

/* Goes back to the beginning. 0, or -1 with errno. */
NODISCARD int todo_scan_start(struct todo_scan *s);

enum todo_scan_status {
	TODO_SCAN_ID,
	TODO_SCAN_END,
	TODO_SCAN_ERROR, /* errno says why; the scan is over */
};

/* The next message number. Names that are none, or that lie in the wrong
 * subdirectory, are passed over: they are not ours. */
NODISCARD enum todo_scan_status todo_scan_next(struct todo_scan *s,
    uint64_t *id);

#endif
