/* SPDX-License-Identifier: ISC */
#ifndef MTA_LOCAL_LOCAL_PROGRAM_H
#define MTA_LOCAL_LOCAL_PROGRAM_H

#include "base/attr.h"
#include "base/err.h"

/* What a delivery makes of the end of a program. */
enum local_verdict {
	LOCAL_PROGRAM_OK,
	LOCAL_PROGRAM_STOP,      /* 99: done, skip the following lines */
	LOCAL_PROGRAM_PERMANENT, /* exit 100 without a text of ours */
	LOCAL_PROGRAM_TEMPORARY, /* exit 111 without a text of ours */
	LOCAL_PROGRAM_CRASHED,   /* killed by a signal */
};

/* status: as of wait(2). Specification: local.md section 1.8. */
enum local_verdict local_program_verdict(int status);

/* Runs a command by /bin/sh with the message, from its start, on descriptor 0,
 * and waits for it. envp: its environment. 0 with the status as of wait(2); -1
 * when it cannot be run. */
NODISCARD int local_program_run(const char *command, char *const *envp,
    int *status, struct err *e);

#endif
