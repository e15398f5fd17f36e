/* SPDX-License-Identifier: ISC */
#ifndef MTA_SEND_SEND_GARBAGE_H
#define MTA_SEND_SEND_GARBAGE_H

#include <dirent.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"

struct send;

/* Submissions that were never finished, and mess files whose removal failed:
 * collected when they are 36 hours old. Specification: queue.md section 5. */

enum {
	SEND_GARBAGE_AGE = 129600,
	SEND_GARBAGE_EACH = 76431, /* seconds between two scans */
};

struct send_garbage {
	DIR *dir;     /* being read; NULL between two */
	uint64_t sub; /* the next subdirectory of mess */
	int64_t next; /* when to go on */
};

/* Looks at some entries. To be called when there is nothing better to do. */
void send_garbage_run(struct send *s);
NODISCARD int64_t send_garbage_wake(const struct send *s);

void send_garbage_free(struct send *s);

#endif
