/* SPDX-License-Identifier: ISC */
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/str.h"
#include "mta/start/ctl.h"
#include "qmail/ids.h"

static bool
is_in_qmail(enum ids_user user)
{
	return user == IDS_QMAILQ || user == IDS_QMAILR || user == IDS_QMAILS;
}

/* The tools of the system say themselves what they dislike. */
static int
run_tool(const char *const *argv, const char *name, struct err *e)
{
	int status = ctl_command(argv, e);

	if (status > 0)
		return err_set(e, ERR_SYS, "%s failed for %s", argv[0], name);
	if (status == 0)
		ctl_say("added %s", name);
	return status;
}

static int
add_group(const char *name, struct err *e)
{
	const char *argv[] = {"groupadd", "--system", name, NULL};

	return getgrnam(name) != NULL ? 0 : run_tool(argv, name, e);
}

static int
add_user(enum ids_user user, const char *home, struct err *e)
{
	const char *name = ids_user_name(user);
	const char *group =
	    ids_group_name(is_in_qmail(user) ? IDS_QMAIL : IDS_NOFILES);
	struct str dir = {0};
	int rc = -1;

	if (getpwnam(name) != NULL)
		return 0;
	str_put_cstr(&dir, home);
	if (user == IDS_ALIAS)
		str_put_cstr(&dir, "/alias");
	if (str_cstr(&dir) == NULL) {
		err_sys(e, "add", name);
	} else {
		const char *argv[] = {"useradd", "--system", "--gid", group,
		    "--home-dir", str_cstr(&dir), "--no-create-home", "--shell",
		    "/usr/sbin/nologin", name, NULL};

		rc = run_tool(argv, name, e);
	}
	str_free(&dir);
	return rc;
}

/* su does not always bring the folders of these tools. */
static int
extend_path(struct err *e)
{
	const char *old = getenv("PATH");
	struct str path = {0};
	int rc = -1;

	str_put_cstr(&path, old == NULL ? "/usr/bin:/bin" : old);
	str_put_cstr(&path, ":/usr/sbin:/sbin");
	if (str_cstr(&path) != NULL)
		rc = setenv("PATH", str_cstr(&path), 1);
	str_free(&path);
	return rc == 0 ? 0 : err_sys(e, "set", "PATH");
}

/* Before the installation there is no users folder yet; init writes users/ids
 * then. */
static int
renew_ids(struct ctl *c, const char *home, struct err *e)
{
	struct err absent = {0};

	if (site_find_at(&c->site, home, &absent) == -1 || c->site.one_user)
		return 0;
	c->home = file_open_dir(AT_FDCWD, home, &absent);
	if (c->home == -1 || faccessat(c->home, "users", W_OK, 0) == -1)
		return 0;
	return ctl_save_ids(c, e);
}

int
ctl_adduser(struct ctl *c, struct err *e)
{
	const char *home = getenv("QMAILHOME");

	if (home == NULL || home[0] == '\0')
		home = site_compiled_home();
	if (geteuid() != 0)
		return err_set(e, ERR_SYS, "only root can add users");
	if (extend_path(e) == -1)
		return -1;
	for (int i = 0; i < IDS_GROUPS; i++) {
		if (add_group(ids_group_name((enum ids_group)i), e) == -1)
			return -1;
	}
	for (int i = 0; i < IDS_ROOT; i++) {
		if (add_user((enum ids_user)i, home, e) == -1)
			return -1;
	}
	return renew_ids(c, home, e);
}
