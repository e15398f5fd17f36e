/* SPDX-License-Identifier: ISC */
#ifndef MTA_START_LAUNCH_H
#define MTA_START_LAUNCH_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/proc.h"

/* Starting a daemon under the ids of its role; base/proc starts programs that
 * keep ours. */
struct launch {
	const char *path; /* file to execute; without a slash: along PATH */
	char *const *argv;
	const struct proc_fd
	    *map;         /* all it gets; targets below 64, each once */
	size_t n;         /* at most PROC_MAX_FDS */
	bool set_ids;     /* false in a one-user instance: nothing changes */
	uid_t uid;        /* 0: only the groups change */
	gid_t gid;        /* becomes the only group */
	bool own_session; /* away from our terminal, with default signals */
};

/* Forks and executes. Returns the process id once the program really runs, -1
 * with *e (e->sys tells ENOENT and so on) when it could not be executed. */
NODISCARD pid_t launch_start(const struct launch *l, struct err *e);

/* This process becomes the program. Returns only on failure, always -1; the
 * process must end then, because its ids and descriptors have changed. *log is
 * a descriptor the caller still needs for its last words: it is moved out of
 * the way and closed by the exec. -1: none. */
int launch_become(const struct launch *l, int *log, struct err *e);

/* True when e says that a program was not along PATH. A folder that may not be
 * searched hides one from exec in the same way. */
NODISCARD bool launch_not_found(const struct err *e);

#endif
