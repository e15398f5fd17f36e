/* SPDX-License-Identifier: ISC */
#include "mta/start/instance.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/num.h"
#include "base/str.h"

enum { PID_BYTES = 32, PATH_BYTES = INSTANCE_NAME + 16, FILE_MODE = 0644 };

static void
name_path(char path[PATH_BYTES], const char *name)
{
	(void)snprintf(path, PATH_BYTES, "run/%s.pid", name);
}

int
instance_save(int home, const char *name, pid_t pid, struct err *e)
{
	char path[PATH_BYTES], text[PID_BYTES];
	int n = snprintf(text, sizeof(text), "%d\n", (int)pid);

	if (mkdirat(home, "run", 0755) == -1 && errno != EEXIST)
		return err_sys(e, "create", "run");
	name_path(path, name);
	return file_replace(home, path, (struct span){text, (size_t)n},
	    FILE_MODE, e);
}

void
instance_forget(int home, const char *name)
{
	char path[PATH_BYTES];

	name_path(path, name);
	(void)unlinkat(home, path, 0); /* a stale file does no harm */
}

/* True when the process works in the home or below, qmail-send in the queue,
 * multilog in its folder; and when we are not allowed to know. */
static bool
works_in(int home, pid_t pid)
{
	char path[PATH_BYTES], here[PATH_MAX], its[PATH_MAX];
	struct span inside;
	ssize_t n, m;

	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", home);
	n = readlink(path, here, sizeof(here));
	(void)snprintf(path, sizeof(path), "/proc/%d/cwd", (int)pid);
	m = readlink(path, its, sizeof(its));
	if (n == -1 || m == -1)
		return errno == EACCES || errno == EPERM;
	inside = (struct span){its, (size_t)m};
	return span_take_prefix(&inside, (struct span){here, (size_t)n}) &&
	       (inside.n == 0 || inside.p[0] == '/');
}

static bool
has_right_name(const char *role, const char *comm)
{
	if (strncmp(role, "log-", 4) == 0)
		return strcmp(comm, "multilog") == 0;
	if (strncmp(role, "smtpd-", 6) == 0)
		return strcmp(comm, "tcpserver") == 0;
	return strcmp(comm, role) == 0;
}

pid_t
instance_find(int home, const char *name)
{
	struct procs_info info;
	char path[PATH_BYTES];
	struct str text = {0};
	uint64_t pid = 0;
	struct span line, rest;

	name_path(path, name);
	if (file_load(home, path, PID_BYTES, &text, NULL) == 0) {
		rest = str_span(&text);
		if (!span_take_line(&rest, &line) ||
		    !num_parse_canonical(line, INT32_MAX, &pid))
			pid = 0;
	}
	str_free(&text);
	if (pid > 0 && procs_find((pid_t)pid, &info) &&
	    has_right_name(name, info.name) && works_in(home, (pid_t)pid))
		return (pid_t)pid;
	return 0;
}

/* "NAME.pid" -> "NAME" */
static bool
take_name(const char *file, char name[INSTANCE_NAME])
{
	struct span text = span_cstr(file);

	if (text.p[0] == '.' || !span_has_suffix(text, SPAN(".pid")) ||
	    text.n - 4 >= INSTANCE_NAME)
		return false;
	memcpy(name, text.p, text.n - 4);
	name[text.n - 4] = '\0';
	return true;
}

static DIR *
open_run(int home)
{
	int fd = file_open_dir(home, "run", NULL);
	DIR *dir;

	if (fd == -1)
		return NULL;
	dir = fdopendir(fd);
	if (dir == NULL)
		fd_close(&fd);
	return dir;
}

int
instance_list(int home, struct instance_process **list, size_t *n,
    struct err *e)
{
	DIR *dir = open_run(home);
	struct dirent *entry;
	size_t cap = 0;
	int rc = 0;

	*list = NULL;
	*n = 0;
	if (dir == NULL) /* nothing was ever started */
		return 0;
	while (rc == 0 && (entry = readdir(dir)) != NULL) {
		struct instance_process p = {.pid = 0};

		if (!take_name(entry->d_name, p.name))
			continue;
		p.pid = instance_find(home, p.name);
		if (!array_grow(list, &cap, *n + 1, sizeof(p)))
			rc = err_sys(e, "list", "run");
		else
			(*list)[(*n)++] = p;
	}
	(void)closedir(dir);
	return rc;
}

pid_t
instance_sender(int home)
{
	pid_t pid = instance_find(home, "qmail-send");
	struct procs_info info;
	struct stat st;

	if (pid != 0)
		return pid;
	if (fstatat(home, "queue/lock/sendmutex", &st, 0) == -1)
		return 0;
	pid = procs_lock_holder(st.st_dev, st.st_ino);
	/* a repair tool may hold it as well */
	if (pid == 0 || !procs_find(pid, &info) ||
	    strcmp(info.name, "qmail-send") != 0)
		return 0;
	return pid;
}
