/* SPDX-License-Identifier: ISC */
#include "qmail/ids.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/num.h"

#ifndef IDS_USER_NAMES
#error "IDS_USER_NAMES and IDS_GROUP_NAMES are set by the makefile"
#endif

/* in the order of the enums */
static const char *const user_names[IDS_USERS] = {IDS_USER_NAMES};
static const char *const group_names[IDS_GROUPS] = {IDS_GROUP_NAMES};

enum { IDS_FILE_MAX = 4096, LOOKUP_BYTES = 4096 };

const char *
ids_user_name(enum ids_user user)
{
	return user_names[user];
}

const char *
ids_group_name(enum ids_group group)
{
	return group_names[group];
}

/* Asking for no more than there is saves the read that finds the end. */
static size_t
file_bytes(const struct stat *st, size_t size)
{
	return (uintmax_t)st->st_size < size ? (size_t)st->st_size : size;
}

/* Bytes of users/ids, 0 when there is no file that may be trusted. */
static size_t
load_ids_file(const struct site *s, char *buf, size_t size)
{
	char path[4096];
	struct stat st;
	ssize_t got = 0;
	int fd, len;

	len = snprintf(path, sizeof(path), "%s/users/ids", s->home);
	if (len < 0 || (size_t)len >= sizeof(path))
		return 0;
	fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd == -1)
		return 0;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_uid == 0 &&
	    (st.st_mode & (S_IWGRP | S_IWOTH)) == 0)
		got = fd_read_full(fd, buf, file_bytes(&st, size));
	fd_close(&fd);
	return got > 0 ? (size_t)got : 0;
}

static bool
find_in_text(struct span rest, struct span kind, const char *name,
    uint64_t *number)
{
	struct span line;

	while (span_take_line(&rest, &line)) {
		if (span_take_prefix(&line, kind) &&
		    span_take_prefix(&line, span_cstr(name)) &&
		    span_take_prefix(&line, SPAN(":")))
			return num_parse_canonical(line, UINT32_MAX - 1,
			    number);
	}
	return false;
}

static bool
find_in_file(const struct site *s, struct span kind, const char *name,
    uint64_t *number)
{
	char buf[IDS_FILE_MAX];
	struct span text = {buf, load_ids_file(s, buf, sizeof(buf))};

	return find_in_text(text, kind, name, number);
}

static int
unknown_id(struct err *e, const char *kind, const char *name, int rc)
{
	if (rc == 0)
		return err_set(e, ERR_SYS, "unknown %s %s", kind, name);
	errno = rc;
	return err_sys(e, "look up", name);
}

static int
ask_user(const char *name, uid_t *uid, struct err *e)
{
	struct passwd pw, *found = NULL;
	char buf[LOOKUP_BYTES];
	int rc;

	assert(name != NULL);
	rc = getpwnam_r(name, &pw, buf, sizeof(buf), &found);
	*uid = (uid_t)-1; /* no id, should a caller look in spite of -1 */
	if (found == NULL)
		return unknown_id(e, "user", name, rc);
	*uid = pw.pw_uid;
	return 0;
}

static int
ask_group(const char *name, gid_t *gid, struct err *e)
{
	struct group gr, *found = NULL;
	char buf[LOOKUP_BYTES];
	int rc;

	assert(name != NULL);
	rc = getgrnam_r(name, &gr, buf, sizeof(buf), &found);
	*gid = (gid_t)-1;
	if (found == NULL)
		return unknown_id(e, "group", name, rc);
	*gid = gr.gr_gid;
	return 0;
}

int
ids_find_user(const struct site *s, enum ids_user user, uid_t *uid,
    struct err *e)
{
	uint64_t number;

	if (s->one_user || user == IDS_ROOT) {
		*uid = s->one_user ? s->uid : 0;
		return 0;
	}
	if (find_in_file(s, SPAN("user:"), user_names[user], &number)) {
		*uid = (uid_t)number;
		return 0;
	}
	return ask_user(user_names[user], uid, e);
}

bool
ids_match_user(const struct site *s, uid_t uid, const enum ids_user *users,
    size_t n, enum ids_user *found)
{
	char buf[IDS_FILE_MAX];
	struct span text = {buf, 0};

	if (!s->one_user)
		text.n = load_ids_file(s, buf, sizeof(buf));
	for (size_t i = 0; i < n; i++) {
		const char *name = user_names[users[i]];
		uid_t other = s->uid;
		uint64_t number;

		if (!s->one_user &&
		    find_in_text(text, SPAN("user:"), name, &number))
			other = (uid_t)number;
		else if (!s->one_user && ask_user(name, &other, NULL) == -1)
			continue;
		if (other == uid) {
			*found = users[i];
			return true;
		}
	}
	return false;
}

int
ids_find_group(const struct site *s, enum ids_group group, gid_t *gid,
    struct err *e)
{
	uint64_t number;

	if (s->one_user) {
		*gid = s->gid;
		return 0;
	}
	if (find_in_file(s, SPAN("group:"), group_names[group], &number)) {
		*gid = (gid_t)number;
		return 0;
	}
	return ask_group(group_names[group], gid, e);
}

static void
put_id(struct str *out, const char *kind, const char *name, uint64_t number)
{
	str_put_cstr(out, kind);
	str_put_cstr(out, name);
	str_putc(out, ':');
	str_put_u64(out, number);
	str_putc(out, '\n');
}

int
ids_put_file(struct str *out, struct err *e)
{
	uid_t uid;
	gid_t gid;

	for (int i = 0; i < IDS_ROOT; i++) {
		if (ask_user(user_names[i], &uid, e) == -1)
			return -1;
		put_id(out, "user:", user_names[i], uid);
	}
	for (int i = 0; i < IDS_GROUPS; i++) {
		if (ask_group(group_names[i], &gid, e) == -1)
			return -1;
		put_id(out, "group:", group_names[i], gid);
	}
	return 0;
}
