/* SPDX-License-Identifier: ISC */
#ifndef BASE_PROC_H
#define BASE_PROC_H

#include <stddef.h>
#include <sys/types.h>

#include "base/attr.h"
#include "base/err.h"

/* One descriptor of a child: the child sees our descriptor from as number to.
 */
struct proc_fd {
	int from;
	int to;
};

enum { PROC_MAX_FDS = 12 };

struct proc_start {
	const char *path;          /* file to execute; no search */
	char *const *argv;         /* see proc_argv() */
	char *const *envp;         /* NULL: our environment */
	const char *cwd;           /* directory to start in, or NULL */
	const struct proc_fd *map; /* "to" below 64, each once */
	size_t n;                  /* of map, at most PROC_MAX_FDS */
};

/* Starts a program with exactly the descriptors of map, and 0, 1, 2 of ours
 * where map does not name them; everything else is closed. Signals are default
 * and unblocked in the child. Costs the same whatever the size of our memory.
 * Returns the process id; -1 with *e, e->sys ENOENT etc. when it cannot be
 * executed. */
NODISCARD pid_t proc_spawn(const struct proc_start *start, struct err *e);

/* Waits for one child, restarting after EINTR. 0 with *status as of wait(2),
 * or -1. */
NODISCARD int proc_wait(pid_t pid, int *status);

/* The same list, as exec and proc_start want it: neither changes a word of it,
 * whatever the prototypes say. */
NODISCARD char *const *proc_argv(const char *const *argv);

/* For the time after fork and before exec: closes every descriptor from lowest
 * up. */
void proc_close_from(int lowest);

#endif
