/* SPDX-License-Identifier: ISC */
#ifndef MTA_START_LOGWATCH_H
#define MTA_START_LOGWATCH_H

#include "base/attr.h"
#include "base/err.h"
#include "base/span.h"
#include "base/str.h"

/* Follows a multilog folder from now on, over a rotation of its file. */
struct logwatch {
	int dir; /* descriptor of the folder */
	int fd;  /* the file that is "current", or was last; -1: none yet */
	struct str line; /* the beginning of a line that is not complete */
};

/* dir: relative to home. 0 or -1. */
NODISCARD int logwatch_open(struct logwatch *w, int home, const char *dir,
    struct err *e);
void logwatch_close(struct logwatch *w);

/* Calls see for each line that has come since, without its time stamp and LF.
 */
void logwatch_read(struct logwatch *w, void (*see)(void *arg, struct span line),
    void *arg);

#endif
