/* SPDX-License-Identifier: ISC */
#include "mta/start/ctl.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/proc.h"
#include "base/str.h"
#include "mta/start/launch.h"
#include "qmail/ids.h"

enum { MAX_KEPT = 32, IDS_MODE = 0644 };

int
ctl_enter(struct ctl *c, enum ctl_need need, struct err *e)
{
	c->home = -1;
	if (need == CTL_NOTHING)
		return 0;
	if (site_enter(&c->site, e) == -1)
		return -1;
	if (need == CTL_RULE && geteuid() != c->site.uid)
		return err_set(e, ERR_SYS, "only %s may do that in %s",
		    c->site.one_user ? "its owner" : "root", c->site.home);
	c->home = file_open_dir(AT_FDCWD, ".", e);
	return c->home == -1 ? -1 : 0;
}

void
ctl_say(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	(void)vprintf(fmt, args); /* main checks standard output at the end */
	va_end(args);
	(void)putchar('\n');
	(void)fflush(stdout);
}

static int
run_file(const char *path, const char *const *argv, struct err *e)
{
	static const struct proc_fd standard[] = {{0, 0}, {1, 1}, {2, 2}};
	struct launch l = {
	    .path = path,
	    .argv = proc_argv(argv),
	    .map = standard,
	    .n = 3,
	};
	pid_t pid;
	int status;

	(void)fflush(stdout);
	pid = launch_start(&l, e);
	if (pid == -1)
		return -1;
	if (proc_wait(pid, &status) == -1)
		return err_sys(e, "wait for", path);
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	return err_set(e, ERR_SYS, "%s was killed by signal %d", path,
	    WTERMSIG(status));
}

int
ctl_command(const char *const *argv, struct err *e)
{
	return run_file(argv[0], argv, e);
}

int
ctl_program(const struct ctl *c, const char *const *argv, struct err *e)
{
	struct str path = {0};
	int rc = site_find_program(&c->site, argv[0], &path, e);

	if (rc == 0)
		rc = run_file(str_cstr(&path), argv, e);
	str_free(&path);
	return rc;
}

static bool
is_kept(const char *variable)
{
	static const char *const names[] = {"PATH=", "TZ=", "LANG=", "LC_",
	    "QMAILQUEUE=", "QMAILREMOTE=", "QMAILHOME=", "DNSCACHEIP="};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strncmp(variable, names[i], strlen(names[i])) == 0)
			return true;
	}
	return false;
}

/* HOME/bin first in PATH, as the classic start scripts have it. */
static int
set_path(const struct ctl *c, struct err *e)
{
	const char *old = getenv("PATH");
	struct str path = {0};
	int rc = -1;

	str_put_cstr(&path, c->site.home);
	str_put_cstr(&path, "/bin:");
	str_put_cstr(&path, old == NULL ? "/usr/local/bin:/usr/bin:/bin" : old);
	if (str_cstr(&path) != NULL)
		rc = setenv("PATH", str_cstr(&path), 1);
	str_free(&path);
	return rc == 0 ? 0 : err_sys(e, "set", "PATH");
}

int
ctl_clean_environment(const struct ctl *c, struct err *e)
{
	static char *kept[MAX_KEPT + 1];
	size_t n = 0;

	for (char **v = environ; v != NULL && *v != NULL; v++) {
		if (n < MAX_KEPT && is_kept(*v))
			kept[n++] = *v;
	}
	kept[n] = NULL;
	environ = kept;
	return set_path(c, e);
}

int
ctl_save_ids(const struct ctl *c, struct err *e)
{
	struct str text = {0};
	int rc = ids_put_file(&text, e);

	if (rc == 0 && !str_ok(&text)) {
		errno = ENOMEM;
		rc = err_sys(e, "write", "users/ids");
	}
	if (rc == 0)
		rc = file_replace(c->home, "users/ids", str_span(&text),
		    IDS_MODE, e);
	str_free(&text);
	return rc;
}
