/* SPDX-License-Identifier: ISC */
#include "mta/local/local_program.h"

#include <sys/wait.h>
#include <unistd.h>

#include "base/proc.h"

enum local_verdict
local_program_verdict(int status)
{
	if (!WIFEXITED(status))
		return LOCAL_PROGRAM_CRASHED;
	switch (WEXITSTATUS(status)) {
	case 0:
		return LOCAL_PROGRAM_OK;
	case 99:
		return LOCAL_PROGRAM_STOP;
	case 64: /* the permanent ones of sysexits.h */
	case 65:
	case 70:
	case 76:
	case 77:
	case 78:
	case 100:
	case 112:
		return LOCAL_PROGRAM_PERMANENT;
	default:
		return LOCAL_PROGRAM_TEMPORARY;
	}
}

int
local_program_run(const char *command, char *const *envp, int *status,
    struct err *e)
{
	const char *argv[] = {"sh", "-c", command, NULL};
	struct proc_start start = {
	    .path = "/bin/sh",
	    .argv = proc_argv(argv),
	    .envp = envp,
	};
	pid_t pid;

	if (lseek(STDIN_FILENO, 0, SEEK_SET) == -1)
		return err_sys(e, "rewind", "message");
	pid = proc_spawn(&start, e);
	if (pid == -1)
		return -1;
	if (proc_wait(pid, status) == -1)
		return err_sys(e, "wait for", "program");
	return 0;
}
