/* SPDX-License-Identifier: ISC */
#include "mta/start/launch.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/priv.h"
#include "base/sig.h"

/* Targets lie below, sources are moved above: so no dup2 overwrites a
 * descriptor that is still needed. */
enum { FIRST_FREE = 64, EXIT_LAUNCH = 111, EXIT_UNTOLD = 112 };

static int
take_ids(const struct launch *l, struct err *e)
{
	if (!l->set_ids)
		return 0;
	if (l->uid != 0)
		return priv_become(l->uid, l->gid, e);
	if (setgroups(1, &l->gid) == -1)
		return err_sys(e, "set", "supplementary groups");
	if (setresgid(l->gid, l->gid, l->gid) == -1)
		return err_sys(e, "set", "group id");
	return 0;
}

static void
leave_session(void)
{
	(void)setsid(); /* fails only for a leader, who is away already */
	for (int number = 1; number < NSIG; number++) {
		if (number != SIGKILL && number != SIGSTOP)
			(void)signal(number, SIG_DFL);
	}
	sig_unblock_all();
}

/* After this exactly the targets of the map are open, and *keep, if any. */
static int
move_fds(const struct launch *l, int *keep, struct err *e)
{
	int from[PROC_MAX_FDS];

	if (*keep != -1)
		*keep = fcntl(*keep, F_DUPFD_CLOEXEC, FIRST_FREE);
	for (size_t i = 0; i < l->n; i++) {
		from[i] = fcntl(l->map[i].from, F_DUPFD_CLOEXEC, FIRST_FREE);
		if (from[i] == -1)
			return err_sys(e, "prepare descriptors of", l->path);
	}
	for (int fd = 0; fd < FIRST_FREE; fd++)
		(void)close(fd); /* most are not open */
	for (size_t i = 0; i < l->n; i++) {
		if (dup2(from[i], l->map[i].to) == -1)
			return err_sys(e, "prepare descriptors of", l->path);
	}
	/* what was inherited without close-on-exec lies further up */
	if (*keep != -1 && dup3(*keep, FIRST_FREE - 1, O_CLOEXEC) != -1)
		*keep = FIRST_FREE - 1;
	proc_close_from(FIRST_FREE);
	return 0;
}

int
launch_become(const struct launch *l, int *log, struct err *e)
{
	int none = -1;

	if (l->n > PROC_MAX_FDS)
		return err_set(e, ERR_LIMIT, "too many descriptors for %s",
		    l->path);
	if (l->own_session)
		leave_session();
	if (move_fds(l, log == NULL ? &none : log, e) == -1 ||
	    take_ids(l, e) == -1)
		return -1;
	(void)execvp(l->path, l->argv);
	return err_sys(e, "run", l->path);
}

/* The child tells why it failed by sending its error; end of file means that
 * exec closed the pipe. */
static int
wait_for_exec(int from_child, struct err *e)
{
	struct err said;
	ssize_t got = fd_read_full(from_child, &said, sizeof(said));

	if (got == 0)
		return 0;
	if (got != (ssize_t)sizeof(said))
		return err_set(e, ERR_SYS, "cannot tell whether a child runs");
	if (e != NULL)
		*e = said;
	return -1;
}

pid_t
launch_start(const struct launch *l, struct err *e)
{
	struct err failure = {0};
	int ends[2], status, rc;
	pid_t pid;

	if (fd_pipe(ends) == -1)
		return err_sys(e, "make a pipe for", l->path);
	pid = fork();
	if (pid == -1) {
		err_sys(e, "fork for", l->path);
		fd_close(&ends[0]);
		fd_close(&ends[1]);
		return -1;
	}
	if (pid == 0) {
		(void)launch_become(l, &ends[1], &failure);
		_exit(fd_write_full(ends[1], &failure, sizeof(failure)) == -1
		          ? EXIT_UNTOLD
		          : EXIT_LAUNCH);
	}
	fd_close(&ends[1]);
	rc = wait_for_exec(ends[0], e);
	fd_close(&ends[0]);
	if (rc == 0)
		return pid;
	/* it is ending; there is nothing to learn from its status */
	return proc_wait(pid, &status) == 0 ? -1 : rc;
}

bool
launch_not_found(const struct err *e)
{
	return e->sys == ENOENT || e->sys == EACCES;
}
