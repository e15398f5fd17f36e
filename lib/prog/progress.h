/* SPDX-License-Identifier: ISC */
#ifndef PROG_PROGRESS_H
#define PROG_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

/* A line on a terminal that shows how far a long job is:
 *
 *	  [########............] rename 480/1197  eta 3s
 *
 * Written at most four times a second. Times are microseconds of any clock. */
struct progress {
	int fd;
	bool on; /* see term_wants_progress(); nothing is written when off */
	const char *label;
	uint64_t total; /* 0: not known */

	/* private */
	int64_t start_us, last_us;
	bool shown;
};

/* fd, on, label and total are set. */
void progress_begin(struct progress *p, int64_t now_us);
void progress_step(struct progress *p, uint64_t done, int64_t now_us);

/* Shows the end and the time it took, if anything was shown. Before any other
 * output to the terminal. */
void progress_end(struct progress *p, uint64_t done, int64_t now_us);

#endif
