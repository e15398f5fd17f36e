/* SPDX-License-Identifier: ISC */
#include "base/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"

enum { FIRST_FREE = 64 };

/* Moves sources out of the range of targets, so that the order of the dup2
 * calls in the child cannot overwrite one that is still needed. */
static int
lift_sources(const struct proc_start *start, int lifted[PROC_MAX_FDS])
{
	for (size_t i = 0; i < start->n; i++) {
		lifted[i] =
		    fcntl(start->map[i].from, F_DUPFD_CLOEXEC, FIRST_FREE);
		if (lifted[i] == -1)
			return -1;
	}
	return 0;
}

static int
highest_target(const struct proc_start *start)
{
	int highest = 2;

	for (size_t i = 0; i < start->n; i++) {
		if (start->map[i].to > highest)
			highest = start->map[i].to;
	}
	return highest;
}

/* The descriptors between the standard ones and the highest target that no
 * entry of the map names. */
static int
add_gap_closes(posix_spawn_file_actions_t *acts, const struct proc_start *start)
{
	int highest = highest_target(start), rc = 0;

	for (int fd = 3; fd < highest && rc == 0; fd++) {
		bool named = false;

		for (size_t i = 0; i < start->n; i++)
			named = named || start->map[i].to == fd;
		if (!named && fcntl(fd, F_GETFD) != -1)
			rc = posix_spawn_file_actions_addclose(acts, fd);
	}
	if (rc == 0)
		rc =
		    posix_spawn_file_actions_addclosefrom_np(acts, highest + 1);
	return rc;
}

static int
fill_actions(posix_spawn_file_actions_t *acts, const struct proc_start *start,
    const int lifted[PROC_MAX_FDS])
{
	int rc = 0;

	for (size_t i = 0; i < start->n && rc == 0; i++)
		rc = posix_spawn_file_actions_adddup2(acts, lifted[i],
		    start->map[i].to);
	if (rc == 0)
		rc = add_gap_closes(acts, start);
	if (rc == 0 && start->cwd != NULL)
		rc = posix_spawn_file_actions_addchdir_np(acts, start->cwd);
	return rc;
}

static int
fill_attr(posix_spawnattr_t *attr)
{
	sigset_t all, none;
	int rc;

	sigfillset(&all);
	sigemptyset(&none);
	rc = posix_spawnattr_setsigdefault(attr, &all);
	if (rc == 0)
		rc = posix_spawnattr_setsigmask(attr, &none);
	if (rc == 0)
		rc = posix_spawnattr_setflags(attr,
		    POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
	return rc;
}

static int
spawn_with(const struct proc_start *start, const int lifted[PROC_MAX_FDS],
    pid_t *pid)
{
	posix_spawn_file_actions_t acts;
	posix_spawnattr_t attr;
	int rc;

	rc = posix_spawn_file_actions_init(&acts);
	if (rc != 0)
		return rc;
	rc = posix_spawnattr_init(&attr);
	if (rc == 0) {
		rc = fill_actions(&acts, start, lifted);
		if (rc == 0)
			rc = fill_attr(&attr);
		if (rc == 0)
			rc = posix_spawn(pid, start->path, &acts, &attr,
			    start->argv,
			    start->envp == NULL ? environ : start->envp);
		(void)posix_spawnattr_destroy(&attr);
	}
	(void)posix_spawn_file_actions_destroy(&acts);
	return rc;
}

pid_t
proc_spawn(const struct proc_start *start, struct err *e)
{
	int lifted[PROC_MAX_FDS], rc;
	pid_t pid = -1;

	if (start->n > PROC_MAX_FDS)
		return err_set(e, ERR_LIMIT, "too many descriptors for %s",
		    start->path);
	for (size_t i = 0; i < PROC_MAX_FDS; i++)
		lifted[i] = -1;
	rc = lift_sources(start, lifted) == -1
	         ? errno
	         : spawn_with(start, lifted, &pid);
	for (size_t i = 0; i < start->n; i++)
		fd_close(&lifted[i]);
	if (rc == 0)
		return pid;
	errno = rc;
	return err_sys(e, "run", start->path);
}

int
proc_wait(pid_t pid, int *status)
{
	pid_t got;

	do {
		got = waitpid(pid, status, 0);
	} while (got == -1 && errno == EINTR);
	return got == pid ? 0 : -1;
}

char *const *
proc_argv(const char *const *argv)
{
	char *const *out;

	memcpy(&out, &argv, sizeof(out));
	return out;
}

void
proc_close_from(int lowest)
{
	/* cannot fail with these arguments on any kernel that has it; the
	 * loop serves older ones */
	if (close_range((unsigned)lowest, ~0U, 0) == 0)
		return;
	for (int fd = lowest; fd < 65536; fd++)
		(void)close(fd);
}
