/* SPDX-License-Identifier: ISC */
#ifndef MTA_START_PROCS_H
#define MTA_START_PROCS_H

#include <dirent.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/attr.h"
#include "base/span.h"

/* Processes as /proc shows them. */
struct procs_info {
	pid_t pid, parent, session;
	char state;       /* 'Z': has ended, its parent has not noticed */
	char name[32];    /* comm */
	uint64_t started; /* clock ticks since boot */
};

/* The text of /proc/PID/stat. Pure. */
NODISCARD bool procs_parse(struct span text, struct procs_info *info);

/* False when there is no such process, or when it has ended. */
NODISCARD bool procs_find(pid_t pid, struct procs_info *info);

/* All living processes; with ended, those that nobody has waited for, too. */
struct procs {
	DIR *dir;
	bool ended;
};
NODISCARD bool procs_open(struct procs *p);
NODISCARD bool procs_next(struct procs *p, struct procs_info *info);
void procs_close(struct procs *p);

/* Waits until the process ends, at most ms milliseconds. */
void procs_wait(pid_t pid, int ms);

/* Who holds the flock(2) of a file, from /proc/locks; 0 when nobody does, or
 * when that cannot be seen. */
NODISCARD pid_t procs_lock_holder(dev_t dev, ino_t ino);

#endif
