/* SPDX-License-Identifier: ISC */
#include "qmail/repair/step.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/fd.h"

enum { RESIZE_CUT_MAX = 16 * 1024 * 1024, NANO = 1000000000 };

static int64_t
nanoseconds(struct timespec t)
{
	return (int64_t)t.tv_sec * NANO + t.tv_nsec;
}

static struct timespec
timespec_of(int64_t ns)
{
	int64_t s = ns / NANO, rest = ns % NANO;

	if (rest < 0) {
		s--;
		rest += NANO;
	}
	return (struct timespec){.tv_sec = s, .tv_nsec = rest};
}

int64_t
step_ctime(const struct stat *st)
{
	return nanoseconds(st->st_ctim);
}

bool
step_stat(struct pinned *p, struct span path, struct stat *st)
{
	const char *name;
	int dir = pinned_dir_of(p, path, false, &name, NULL);

	return dir != -1 && fstatat(dir, name, st, AT_SYMLINK_NOFOLLOW) == 0;
}

/* ---- handles ------------------------------------------------------------- */

/* A descriptor of exactly what the step is about, whatever its type and mode;
 * nothing is opened in the sense of devices and FIFOs. */
static int
pin_object(struct pinned *p, const struct journal_record *s, struct stat *st,
    struct err *e)
{
	const char *name;
	int dir = pinned_dir_of(p, s->from, false, &name, e);
	int fd;

	if (dir == -1)
		return -1;
	fd = openat(dir, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd == -1)
		return err_sys(e, "open", name);
	if (fstat(fd, st) == -1) {
		err_sys(e, "look at", name);
		fd_close(&fd);
		return -1;
	}
	if ((uint64_t)st->st_ino != s->ino) {
		fd_close(&fd);
		return err_set(e, ERR_LIMIT,
		    "%.100s is not what it was any more", name);
	}
	return fd;
}

struct proc_name {
	char text[40];
};

/* Reaches the pinned object itself for calls that take a name only. */
static struct proc_name
proc_name(int fd)
{
	struct proc_name n;

	(void)snprintf(n.text, sizeof(n.text), "/proc/self/fd/%d", fd);
	return n;
}

/* The bytes of a regular file, for reading or writing. */
static int
open_bytes(struct pinned *p, const struct journal_record *s, int flags,
    struct stat *st, struct err *e)
{
	const char *name;
	int dir = pinned_dir_of(p, s->from, false, &name, e);
	int fd;

	if (dir == -1)
		return -1;
	fd = openat(dir, name,
	    flags | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd == -1)
		return err_sys(e, "open", name);
	if (fstat(fd, st) == -1 || !S_ISREG(st->st_mode) ||
	    (uint64_t)st->st_ino != s->ino) {
		fd_close(&fd);
		return err_set(e, ERR_LIMIT,
		    "%.100s is not what it was any more", name);
	}
	return fd;
}

/* ---- looking ------------------------------------------------------------- */

static bool
is_at(struct pinned *p, struct span path, uint64_t ino)
{
	struct stat st = {0};

	return step_stat(p, path, &st) && (uint64_t)st.st_ino == ino;
}

static bool
is_free(struct pinned *p, struct span path)
{
	struct stat st = {0};

	return !step_stat(p, path, &st) && errno == ENOENT;
}

static enum step_state
look_at_bytes(struct pinned *p, const struct journal_record *s)
{
	char there[4096];
	struct stat st = {0};
	ssize_t got;
	int fd;

	if (s->bytes.n > sizeof(there))
		return STEP_BEFORE;
	fd = open_bytes(p, s, O_RDONLY, &st, NULL);
	if (fd == -1)
		return STEP_NEITHER;
	got = pread(fd, there, s->bytes.n, s->a);
	fd_close(&fd);
	return got == (ssize_t)s->bytes.n &&
	               span_eq((struct span){there, s->bytes.n}, s->bytes)
	           ? STEP_AFTER
	           : STEP_BEFORE;
}

static bool
has_values(const struct journal_record *s, const struct stat *st)
{
	switch (s->kind) {
	case JOURNAL_OWNER:
		return st->st_uid == (uid_t)s->a && st->st_gid == (gid_t)s->b;
	case JOURNAL_MODE:
		return (st->st_mode & 07777) == (mode_t)s->a;
	case JOURNAL_TIMES:
		return nanoseconds(st->st_atim) == s->a &&
		       nanoseconds(st->st_mtim) == s->b;
	case JOURNAL_RESIZE:
		return st->st_size == s->a;
	case JOURNAL_RUN:
	case JOURNAL_GROUP:
	case JOURNAL_MOVE:
	case JOURNAL_LINK:
	case JOURNAL_UNLINK:
	case JOURNAL_PATCH:
	case JOURNAL_DONE:
	case JOURNAL_SKIP:
	case JOURNAL_BACK:
	case JOURNAL_END:
	case JOURNAL_KINDS:
		break;
	}
	return false;
}

static enum step_state
look_at_values(struct pinned *p, const struct journal_record *s)
{
	struct stat st = {0};

	if (!step_stat(p, s->from, &st) || (uint64_t)st.st_ino != s->ino)
		return STEP_NEITHER;
	return has_values(s, &st) ? STEP_AFTER : STEP_BEFORE;
}

enum step_state
step_look(struct pinned *p, const struct journal_record *s)
{
	bool from;

	if (s->kind == JOURNAL_PATCH)
		return look_at_bytes(p, s);
	if (s->kind != JOURNAL_MOVE && s->kind != JOURNAL_LINK &&
	    s->kind != JOURNAL_UNLINK)
		return look_at_values(p, s);
	from = is_at(p, s->from, s->ino);
	if (s->kind == JOURNAL_UNLINK) {
		if (!is_at(p, s->to, s->ino))
			return STEP_NEITHER;
		return from ? STEP_BEFORE : STEP_AFTER;
	}
	if (is_at(p, s->to, s->ino))
		return STEP_AFTER;
	return from && is_free(p, s->to) ? STEP_BEFORE : STEP_NEITHER;
}

/* ---- names --------------------------------------------------------------- */

static bool
is_named(int dir, const char *name, uint64_t ino)
{
	struct stat st = {0};

	return fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       (uint64_t)st.st_ino == ino;
}

static int
move(struct pinned *p, const struct journal_record *s, struct err *e)
{
	char from_name[PINNED_PATH_MAX];
	const char *name;
	int from, to;

	from = pinned_dir_of(p, s->from, false, &name, e);
	if (from == -1)
		return -1;
	(void)snprintf(from_name, sizeof(from_name), "%s", name);
	/* the directory may be given up for the next: hold on to it */
	from = fcntl(from, F_DUPFD_CLOEXEC, 0);
	if (from == -1)
		return err_sys(e, "keep directory of", from_name);
	to = pinned_dir_of(p, s->to, true, &name, e);
	if (to == -1)
		goto fail;
	if (!is_named(from, from_name, s->ino)) {
		err_set(e, ERR_LIMIT, "%.100s is not what it was any more",
		    from_name);
		goto fail;
	}
	if (renameat2(from, from_name, to, name, RENAME_NOREPLACE) == -1) {
		err_sys(e, "rename to", name);
		goto fail;
	}
	if (!is_named(to, name, s->ino)) {
		/* somebody exchanged it between the two calls */
		(void)renameat2(to, name, from, from_name, RENAME_NOREPLACE);
		err_set(e, ERR_LIMIT, "%.100s changed under our hands",
		    from_name);
		goto fail;
	}
	pinned_changed(p, to);
	fd_close(&from);
	if (pinned_dir_of(p, s->from, false, &name, NULL) != -1)
		pinned_changed(p,
		    pinned_dir_of(p, s->from, false, &name, NULL));
	return 0;
fail:
	fd_close(&from);
	return -1;
}

static int
add_link(struct pinned *p, const struct journal_record *s, struct err *e)
{
	struct stat st = {0};
	const char *name;
	int object = pin_object(p, s, &st, e);
	int to, rc;

	if (object == -1)
		return -1;
	to = pinned_dir_of(p, s->to, true, &name, e);
	rc = to == -1 ? -1
	              : linkat(AT_FDCWD, proc_name(object).text, to, name,
	                    AT_SYMLINK_FOLLOW);
	if (to != -1 && rc == -1)
		err_sys(e, "link", name);
	if (rc == 0)
		pinned_changed(p, to);
	fd_close(&object);
	return rc;
}

static int
drop_link(struct pinned *p, const struct journal_record *s, struct err *e)
{
	const char *name;
	int dir;

	if (!is_at(p, s->to, s->ino) || !is_at(p, s->from, s->ino))
		return err_set(e, ERR_LIMIT, "the other name is gone");
	dir = pinned_dir_of(p, s->from, false, &name, e);
	if (dir == -1)
		return -1;
	if (unlinkat(dir, name, 0) == -1)
		return err_sys(e, "remove the second name", name);
	pinned_changed(p, dir);
	return 0;
}

/* ---- values -------------------------------------------------------------- */

/* A name of the file outside the queue could be a trap: root would give a
 * stranger's file away. Two names are todo and intd. */
static bool
may_change(const struct journal_record *s, const struct stat *st)
{
	struct span path = s->from;

	if (S_ISLNK(st->st_mode))
		return false;
	if (!S_ISREG(st->st_mode) || st->st_nlink == 1)
		return true;
	return st->st_nlink == 2 && (span_take_prefix(&path, SPAN("todo/")) ||
	                                span_take_prefix(&path, SPAN("intd/")));
}

static int
change_values(struct pinned *p, const struct journal_record *s, struct err *e)
{
	struct stat st = {0};
	struct timespec times[2] = {timespec_of(s->a), timespec_of(s->b)};
	int fd = pin_object(p, s, &st, e);
	int rc;

	if (fd == -1)
		return -1;
	if (!may_change(s, &st) && s->kind != JOURNAL_TIMES) {
		fd_close(&fd);
		return err_set(e, ERR_LIMIT,
		    "it has other names, perhaps outside the queue");
	}
	if (s->kind == JOURNAL_OWNER)
		rc = fchownat(fd, "", (uid_t)s->a, (gid_t)s->b, AT_EMPTY_PATH);
	else if (s->kind == JOURNAL_MODE)
		rc = chmod(proc_name(fd).text, (mode_t)s->a);
	else
		rc = utimensat(AT_FDCWD, proc_name(fd).text, times, 0);
	if (rc == -1)
		err_sys(e, "change owner, mode or times of",
		    proc_name(fd).text);
	fd_close(&fd);
	return rc;
}

/* ---- bytes --------------------------------------------------------------- */

static int
write_at(int fd, struct span bytes, int64_t at)
{
	while (bytes.n > 0) {
		ssize_t n = pwrite(fd, bytes.p, bytes.n, at);

		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return -1;
		bytes = span_from(bytes, (size_t)n);
		at += n;
	}
	return 0;
}

/* Times have a meaning in a queue: they stay. */
static int
change_bytes(struct pinned *p, const struct journal_record *s, struct err *e)
{
	struct stat st = {0};
	struct timespec times[2];
	int fd = open_bytes(p, s, O_WRONLY, &st, e);
	int rc;

	if (fd == -1)
		return -1;
	if (st.st_nlink > 1) {
		fd_close(&fd);
		return err_set(e, ERR_LIMIT, "it has other names");
	}
	times[0] = st.st_atim;
	times[1] = st.st_mtim;
	rc = s->kind == JOURNAL_RESIZE ? ftruncate(fd, s->a) : 0;
	/* cut bytes come back behind the old end, others stand at a */
	if (rc == 0)
		rc = write_at(fd, s->bytes,
		    s->kind == JOURNAL_RESIZE ? s->a - (int64_t)s->bytes.n
		                              : s->a);
	if (rc == 0)
		rc = futimens(fd, times);
	if (rc == 0)
		rc = fsync(fd);
	if (rc == -1)
		err_sys(e, "change bytes of", "a queue file");
	fd_close(&fd);
	return rc;
}

int
step_run(struct pinned *p, const struct journal_record *s, struct err *e)
{
	switch (s->kind) {
	case JOURNAL_MOVE:
		return move(p, s, e);
	case JOURNAL_LINK:
		return add_link(p, s, e);
	case JOURNAL_UNLINK:
		return drop_link(p, s, e);
	case JOURNAL_OWNER:
	case JOURNAL_MODE:
	case JOURNAL_TIMES:
		return change_values(p, s, e);
	case JOURNAL_RESIZE:
	case JOURNAL_PATCH:
		return change_bytes(p, s, e);
	case JOURNAL_RUN:
	case JOURNAL_GROUP:
	case JOURNAL_DONE:
	case JOURNAL_SKIP:
	case JOURNAL_BACK:
	case JOURNAL_END:
	case JOURNAL_KINDS:
		break;
	}
	return err_set(e, ERR_FORMAT, "not a step");
}

/* ---- there and back ------------------------------------------------------ */

static int
keep_old_bytes(struct pinned *p, struct journal_record *s, char **kept,
    struct err *e)
{
	struct stat st = {0};
	int fd = open_bytes(p, s, O_RDONLY, &st, e);
	size_t n = s->bytes.n;
	ssize_t got = -1;

	if (fd == -1)
		return -1;
	if (s->kind == JOURNAL_RESIZE) {
		s->old_a = st.st_size;
		n = st.st_size > s->a ? (size_t)(st.st_size - s->a) : 0;
	}
	if (n <= RESIZE_CUT_MAX)
		*kept = malloc(n + 1);
	if (*kept != NULL)
		got = pread(fd, *kept, n, s->a);
	fd_close(&fd);
	if (got != (ssize_t)n)
		return err_set(e, ERR_LIMIT, "cannot keep the old bytes");
	s->old = (struct span){*kept, n};
	return 0;
}

static void
settle(int64_t *value, int64_t *old, int64_t now)
{
	*old = now;
	if (*value == STEP_KEEP)
		*value = now;
}

int
step_prepare(struct pinned *p, struct journal_record *s, char **kept,
    struct err *e)
{
	struct stat st = {0};
	int fd;

	*kept = NULL;
	if (s->kind == JOURNAL_RESIZE || s->kind == JOURNAL_PATCH)
		return keep_old_bytes(p, s, kept, e);
	if (s->kind != JOURNAL_OWNER && s->kind != JOURNAL_MODE &&
	    s->kind != JOURNAL_TIMES)
		return 0;
	fd = pin_object(p, s, &st, e);
	if (fd == -1)
		return -1;
	fd_close(&fd);
	if (s->kind == JOURNAL_OWNER) {
		settle(&s->a, &s->old_a, st.st_uid);
		settle(&s->b, &s->old_b, st.st_gid);
	} else if (s->kind == JOURNAL_MODE) {
		settle(&s->a, &s->old_a, st.st_mode & 07777);
	} else {
		settle(&s->a, &s->old_a, nanoseconds(st.st_atim));
		settle(&s->b, &s->old_b, nanoseconds(st.st_mtim));
	}
	return 0;
}

struct journal_record
step_inverse(const struct journal_record *s)
{
	struct journal_record r = *s;

	r.old_a = s->a;
	r.old_b = s->b;
	r.old = s->bytes;
	r.a = s->old_a;
	r.b = s->old_b;
	r.bytes = s->old;
	if (s->kind == JOURNAL_MOVE || s->kind == JOURNAL_LINK) {
		r.from = s->to;
		r.to = s->from;
	}
	if (s->kind == JOURNAL_LINK)
		r.kind = JOURNAL_UNLINK;
	if (s->kind == JOURNAL_PATCH)
		r.a = s->a;
	if (s->kind == JOURNAL_UNLINK) {
		r.kind = JOURNAL_LINK;
		r.from = s->to;
		r.to = s->from;
	}
	return r;
}
