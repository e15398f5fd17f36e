/* SPDX-License-Identifier: ISC */
#include "qmail/site.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/priv.h"

#ifndef SITE_HOME
#error "SITE_HOME is set by the makefile"
#endif

enum {
	PATH_BYTES = 4096,
	NO_GROUP = 65534, /* nogroup: a group that gives no rights */
};

const char *
site_compiled_home(void)
{
	return SITE_HOME;
}

/* A set-uid program never obeys QMAILHOME; it only makes sure that the caller
 * did not mean another home. */
static int
check_secure_home(const char *wanted, struct err *e)
{
	struct stat ours, theirs;

	if (stat(SITE_HOME, &ours) == -1)
		return err_sys(e, "examine", SITE_HOME);
	if (stat(wanted, &theirs) == -1)
		return err_set(e, ERR_LIMIT,
		    "QMAILHOME names a directory that cannot be examined");
	if (ours.st_dev != theirs.st_dev || ours.st_ino != theirs.st_ino)
		return err_set(e, ERR_LIMIT,
		    "QMAILHOME is not %s, and a set-uid program serves no "
		    "other home",
		    SITE_HOME);
	return 0;
}

int
site_find_at(struct site *s, const char *home, struct err *e)
{
	struct stat st;

	if (home[0] != '/')
		return err_set(e, ERR_LIMIT,
		    "the qmail home must be an absolute path: %s", home);
	if (stat(home, &st) == -1)
		return err_sys(e, "examine qmail home", home);
	if (!S_ISDIR(st.st_mode)) {
		errno = ENOTDIR;
		return err_sys(e, "use qmail home", home);
	}
	*s = (struct site){
	    .home = home,
	    .one_user = st.st_uid != 0,
	    .uid = st.st_uid,
	    /* a folder that root made for somebody often keeps root's group,
	     * whose rights its owner does not have */
	    .gid = st.st_gid == 0 && st.st_uid != 0 ? NO_GROUP : st.st_gid,
	};
	return 0;
}

int
site_find(struct site *s, struct err *e)
{
	const char *wanted = getenv("QMAILHOME");
	bool given = wanted != NULL && wanted[0] != '\0';

	if (given && getauxval(AT_SECURE) != 0) {
		if (check_secure_home(wanted, e) == -1)
			return -1;
		given = false;
	}
	return site_find_at(s, given ? wanted : SITE_HOME, e);
}

int
site_find_given(struct site *s, const char *home, struct str *path,
    struct err *e)
{
	char *absolute;

	if (home == NULL)
		return site_find(s, e);
	absolute = realpath(home, NULL);
	if (absolute == NULL)
		return err_sys(e, "find qmail home", home);
	str_put_cstr(path, absolute);
	free(absolute);
	if (str_cstr(path) == NULL) {
		errno = ENOMEM;
		return err_sys(e, "name qmail home", home);
	}
	return site_find_at(s, str_cstr(path), e);
}

int
site_become_owner(const struct site *s, struct err *e)
{
	if (!s->one_user || geteuid() != 0)
		return 0;
	return priv_become(s->uid, s->gid, e);
}

int
site_enter(struct site *s, struct err *e)
{
	if (site_find(s, e) == -1 || site_become_owner(s, e) == -1)
		return -1;
	if (chdir(s->home) == -1)
		return err_sys(e, "change directory to", s->home);
	return 0;
}

static int
put_path(struct str *path, struct span dir, const char *name, struct err *e)
{
	str_put(path, dir);
	str_putc(path, '/');
	str_put_cstr(path, name);
	if (str_cstr(path) != NULL)
		return 0;
	errno = ENOMEM;
	return err_sys(e, "name program", name);
}

static bool
can_run(struct str *path)
{
	const char *name = str_cstr(path);

	return name != NULL && access(name, X_OK) == 0;
}

/* The folder of the running program. The link may end in " (deleted)" after an
 * upgrade; its folder is still the right one. */
static struct span
own_folder(char *buf, size_t size)
{
	ssize_t n = readlink("/proc/self/exe", buf, size);
	struct span path;
	size_t slash;

	if (n <= 0)
		return (struct span){0};
	path = (struct span){buf, (size_t)n};
	slash = span_rfind(path, '/');
	return slash == path.n ? (struct span){0} : span_first(path, slash);
}

static int
find_along_path(const char *name, struct str *path, size_t start, struct err *e)
{
	struct span rest = span_cstr(getenv("PATH"));

	while (rest.n > 0) {
		size_t colon = span_find(rest, ':', 0);
		struct span dir = span_first(rest, colon);

		rest = span_from(rest, colon + 1);
		if (dir.n == 0 || dir.p[0] != '/')
			continue;
		str_cut(path, start);
		if (put_path(path, dir, name, e) == -1)
			return -1;
		if (can_run(path))
			return 0;
	}
	str_cut(path, start);
	errno = ENOENT;
	return err_sys(e, "find program", name);
}

int
site_find_program(const struct site *s, const char *name, struct str *path,
    struct err *e)
{
	char self[PATH_BYTES];
	size_t start = path->n;
	struct stat st;
	struct span dir;

	if (put_path(path, span_cstr(s->home), "bin", e) == -1)
		return -1;
	if (stat(path->p + start, &st) == 0 && S_ISDIR(st.st_mode)) {
		str_putc(path, '/');
		str_put_cstr(path, name);
		if (str_cstr(path) != NULL)
			return 0;
		errno = ENOMEM;
		return err_sys(e, "name program", name);
	}
	str_cut(path, start);
	dir = own_folder(self, sizeof(self));
	if (dir.n > 0) {
		if (put_path(path, dir, name, e) == -1)
			return -1;
		if (can_run(path))
			return 0;
	}
	return find_along_path(name, path, start, e);
}
