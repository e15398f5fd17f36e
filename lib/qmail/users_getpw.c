/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/ascii.h"
#include "qmail/config.h"
#include "qmail/ids.h"
#include "qmail/users.h"

/* The part of users.h that asks the system. */

enum {
	RECORD_BYTES = 2048,        /* first try for one passwd record */
	RECORD_BYTES_MAX = 1 << 20, /* a directory service may be verbose */
};

struct search {
	const struct site *site;
	struct err *e;
	char *buf; /* strings of the account found last */
	size_t size;
	char home[4096]; /* of alias in a one-user instance */
};

struct account {
	uid_t uid;
	gid_t gid;
	const char *home; /* NULL: there is no such account */
};

/* Everything but "no such name" must wait: mail for a user must not go to alias
 * because a directory service is down. */
static enum users_getpw_status
no_account(struct search *s, const char *name, int rc)
{
	if (rc == 0 || !err_errno_is_temporary(rc))
		return USERS_GETPW_OK;
	errno = rc;
	err_sys(s->e, "look up", name);
	return rc == ENOMEM ? USERS_GETPW_MEMORY : USERS_GETPW_SYSTEM;
}

static enum users_getpw_status
ask_system(struct search *s, const char *name, struct account *a)
{
	struct passwd pw, *found = NULL;
	int rc;

	for (;;) {
		rc = getpwnam_r(name, &pw, s->buf, s->size, &found);
		if (rc != ERANGE || s->size >= RECORD_BYTES_MAX)
			break;
		free(s->buf);
		s->size *= 4;
		s->buf = malloc(s->size);
		if (s->buf == NULL)
			return no_account(s, name, ENOMEM);
	}
	if (found == NULL)
		return no_account(s, name, rc == ERANGE ? EOVERFLOW : rc);
	*a = (struct account){pw.pw_uid, pw.pw_gid, pw.pw_dir};
	return USERS_GETPW_OK;
}

static enum users_getpw_status
find_alias_folder(struct search *s, struct account *a)
{
	struct str path = {0};

	str_put_cstr(&path, s->site->home);
	str_put_cstr(&path, "/alias");
	if (!str_ok(&path) || path.n >= sizeof(s->home)) {
		str_free(&path);
		return no_account(s, "alias", ENOMEM);
	}
	memcpy(s->home, path.p, path.n);
	s->home[path.n] = '\0';
	str_free(&path);
	*a = (struct account){s->site->uid, s->site->gid, s->home};
	return USERS_GETPW_OK;
}

/* In a one-user instance accounts of other uids do not exist. */
static enum users_getpw_status
find_account(struct search *s, const char *name, struct account *a)
{
	enum users_getpw_status status;

	*a = (struct account){0};
	if (s->site->one_user &&
	    span_eq(span_cstr(name), span_cstr(ids_user_name(IDS_ALIAS))))
		return find_alias_folder(s, a);
	status = ask_system(s, name, a);
	if (status == USERS_GETPW_OK && s->site->one_user &&
	    a->uid != s->site->uid)
		a->home = NULL;
	return status;
}

/* Root never receives mail this way, and an account that does not own its home
 * is no person's. Sets a->home to NULL when it is refused. */
static enum users_getpw_status
check_account(struct search *s, struct account *a)
{
	struct stat st;

	if (a->home == NULL)
		return USERS_GETPW_OK;
	if (a->uid == 0) {
		a->home = NULL;
		return USERS_GETPW_OK;
	}
	if (stat(a->home, &st) == -1) {
		if (err_errno_is_temporary(errno)) {
			err_sys(s->e, "examine", a->home);
			return USERS_GETPW_STAT;
		}
		a->home = NULL;
	} else if (st.st_uid != a->uid) {
		a->home = NULL;
	}
	return USERS_GETPW_OK;
}

static enum users_getpw_status
put_answer(struct search *s, struct str *text, const struct users_entry *u)
{
	users_entry_put(text, u);
	return str_ok(text) ? USERS_GETPW_OK
	                    : no_account(s, "local part", ENOMEM);
}

/* Tries the first n bytes of local as an account name. *done when it is one. */
static enum users_getpw_status
try_prefix(struct search *s, struct span local, size_t n, struct str *text,
    bool *done)
{
	char name[USERS_NAME_MAX + 1];
	enum users_getpw_status status;
	struct users_entry u;
	struct account a;

	for (size_t i = 0; i < n; i++)
		name[i] = ascii_lower(local.p[i]);
	name[n] = '\0';
	status = find_account(s, name, &a);
	if (status == USERS_GETPW_OK)
		status = check_account(s, &a);
	if (status != USERS_GETPW_OK || a.home == NULL)
		return status;
	*done = true;
	u = (struct users_entry){.user = {name, n},
	    .uid = a.uid,
	    .gid = a.gid,
	    .home = span_cstr(a.home)};
	if (n < local.n) {
		/* always this dash, whatever the break character is */
		u.dash = SPAN("-");
		u.ext = span_from(local, n + 1);
	}
	return put_answer(s, text, &u);
}

static enum users_getpw_status
give_to_alias(struct search *s, struct span local, struct str *text)
{
	const char *name = ids_user_name(IDS_ALIAS);
	enum users_getpw_status status;
	struct users_entry u;
	struct account a;

	status = find_account(s, name, &a);
	if (status != USERS_GETPW_OK)
		return status;
	if (a.home == NULL) {
		err_set(s->e, ERR_SYS, "there is no account %s", name);
		return USERS_GETPW_NO_ALIAS;
	}
	u = (struct users_entry){.user = span_cstr(name),
	    .uid = a.uid,
	    .gid = a.gid,
	    .home = span_cstr(a.home),
	    .dash = SPAN("-"),
	    .ext = local};
	return put_answer(s, text, &u);
}

static enum users_getpw_status
search(struct search *s, struct span local, struct str *text)
{
	enum users_getpw_status status;
	bool done = false;

	for (size_t n = local.n; n > 0; n--) {
		if (n > USERS_NAME_MAX ||
		    (n < local.n && local.p[n] != config_break))
			continue;
		status = try_prefix(s, local, n, text, &done);
		if (status != USERS_GETPW_OK || done)
			return status;
	}
	return give_to_alias(s, local, text);
}

enum users_getpw_status
users_getpw(const struct site *site, struct span local, struct str *text,
    struct err *e)
{
	struct search s = {.site = site, .e = e, .size = RECORD_BYTES};
	enum users_getpw_status status;

	s.buf = malloc(s.size);
	if (s.buf == NULL)
		return no_account(&s, "local part", ENOMEM);
	status = search(&s, local, text);
	free(s.buf);
	return status;
}
