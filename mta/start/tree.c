/* SPDX-License-Identifier: ISC */
#include "mta/start/tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "qmail/manifest.h"
#include "qmail/queue_path.h"

enum { PATH_BYTES = MANIFEST_PATH_MAX + 24, PLAIN_BITS = 0777 };

/* fd is what the row describes, freshly made or found. */
static int
set_owner(const struct tree *t, const struct manifest_row *row, int fd,
    struct err *e)
{
	uid_t uid;
	gid_t gid;

	if (t->site->one_user)
		return 0;
	if (ids_find_user(t->site, row->owner, &uid, e) == -1 ||
	    ids_find_group(t->site, row->group, &gid, e) == -1)
		return -1;
	if (fchown(fd, uid, gid) == -1)
		return err_sys(e, "set owner of", row->path);
	return 0;
}

/* The mode comes last, because a change of owner takes set-uid bits away. */
static int
settle(const struct tree *t, const struct manifest_row *row, const char *path,
    bool is_new, struct err *e)
{
	int flags = O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC;
	int fd = openat(t->home, path, flags), rc;

	if (fd == -1)
		return err_sys(e, "open", path);
	rc = set_owner(t, row, fd, e);
	if (rc == 0 && (is_new || !t->site->one_user) &&
	    fchmod(fd, row->mode) == -1)
		rc = err_sys(e, "set mode of", path);
	fd_close(&fd);
	return rc;
}

static int
check_type(const struct tree *t, const char *path, mode_t type, struct err *e)
{
	struct stat st;

	if (fstatat(t->home, path, &st, AT_SYMLINK_NOFOLLOW) == -1)
		return err_sys(e, "examine", path);
	if ((st.st_mode & S_IFMT) == type)
		return 0;
	return err_set(e, ERR_FORMAT, "%s is there, but is something else",
	    path);
}

static int
make_dir(const struct tree *t, const struct manifest_row *row, const char *path,
    struct err *e)
{
	/* at once with its mode: a second run cannot tell a folder that was
	 * left in the middle from one that an administrator changed */
	bool is_new = mkdirat(t->home, path, row->mode & PLAIN_BITS) == 0;

	if (!is_new && errno != EEXIST)
		return err_sys(e, "create", path);
	if (check_type(t, path, S_IFDIR, e) == -1)
		return -1;
	return settle(t, row, path, is_new, e);
}

static int
make_split(const struct tree *t, const struct manifest_row *row, struct err *e)
{
	char path[PATH_BYTES];

	if (make_dir(t, row, row->path, e) == -1)
		return -1;
	for (uint64_t i = 0; i < t->split; i++) {
		(void)snprintf(path, sizeof(path), "%s/%llu", row->path,
		    (unsigned long long)i);
		if (make_dir(t, row, path, e) == -1)
			return -1;
	}
	return 0;
}

static int
make_file(const struct tree *t, const struct manifest_row *row, struct err *e)
{
	int flags = O_WRONLY | O_CREAT | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC;
	int fd = openat(t->home, row->path, flags, 0600), rc;

	if (fd == -1)
		return err_sys(e, "create", row->path);
	rc = check_type(t, row->path, S_IFREG, e);
	if (rc == 0 && ftruncate(fd, (off_t)row->size) == -1)
		rc = err_sys(e, "write", row->path);
	fd_close(&fd);
	return rc == 0 ? settle(t, row, row->path, true, e) : -1;
}

static int
make_fifo(const struct tree *t, const struct manifest_row *row, struct err *e)
{
	if (mkfifoat(t->home, row->path, 0600) == -1 && errno != EEXIST)
		return err_sys(e, "create", row->path);
	if (check_type(t, row->path, S_IFIFO, e) == -1)
		return -1;
	return settle(t, row, row->path, true, e);
}

/* Installed things are not made here; in root's home they get their owners,
 * which a package that was made without the users cannot have. */
static int
repair_installed(const struct tree *t, const struct manifest_row *row,
    struct err *e)
{
	struct stat st;

	if (t->site->one_user ||
	    fstatat(t->home, row->path, &st, AT_SYMLINK_NOFOLLOW) == -1)
		return 0;
	if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
		return 0; /* a link that an administrator put there */
	return settle(t, row, row->path, false, e);
}

static int
make_row(const struct tree *t, const struct manifest_row *row, struct err *e)
{
	switch (row->kind) {
	case MANIFEST_PROGRAM:
	case MANIFEST_SHIP:
		return repair_installed(t, row, e);
	case MANIFEST_DIR:
	case MANIFEST_QUEUE:
		return make_dir(t, row, row->path, e);
	case MANIFEST_SPLIT:
		return make_split(t, row, e);
	case MANIFEST_TODO:
		if (t->split_todo)
			return make_split(t, row, e);
		return make_dir(t, row, row->path, e);
	case MANIFEST_FILE:
		return make_file(t, row, e);
	case MANIFEST_FIFO:
		return make_fifo(t, row, e);
	}
	return 0;
}

/* A queue with another layout must not get further subdirectories. */
static int
check_layout(const struct tree *t, struct err *e)
{
	int queue =
	    openat(t->home, "queue", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct queue_layout have;
	int rc;

	if (queue == -1)
		return errno == ENOENT ? 0 : err_sys(e, "open", "queue");
	rc = queue_layout_detect(queue, &have, NULL);
	fd_close(&queue);
	if (rc == -1) /* none yet, or one that was not finished */
		return 0;
	if (have.split == t->split && have.split_todo == t->split_todo)
		return 0;
	return err_set(e, ERR_LIMIT,
	    "there is already a queue with split %llu%s; remove it, or init "
	    "with its split",
	    (unsigned long long)have.split,
	    have.split_todo ? " and split todo" : "");
}

int
tree_make(const struct tree *t, struct err *e)
{
	mode_t old = umask(0);
	struct manifest m = {0};
	struct manifest_row row;
	int rc = check_layout(t, e);

	while (rc == 0 && manifest_next(&m, &row) == MANIFEST_OK)
		rc = make_row(t, &row, e);
	(void)umask(old);
	return rc;
}

static bool holds_files(int dir, const char *name, unsigned deeper);

/* Whether an entry is, or holds, anything but folders. */
static bool
is_content(int dir, const char *name, unsigned deeper)
{
	struct stat st;

	if (name[0] == '.')
		return false;
	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == -1 ||
	    !S_ISDIR(st.st_mode))
		return true;
	return deeper > 0 && holds_files(dir, name, deeper - 1);
}

static bool
holds_files(int dir, const char *name, unsigned deeper)
{
	int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	int fd = openat(dir, name, flags);
	struct dirent *entry;
	bool found = false;
	DIR *d;

	if (fd == -1)
		return errno != ENOENT;
	d = fdopendir(fd);
	if (d == NULL) {
		fd_close(&fd);
		return true;
	}
	while (!found && (entry = readdir(d)) != NULL)
		found = is_content(fd, entry->d_name, deeper);
	(void)closedir(d);
	return found;
}

bool
tree_has_mail(int home)
{
	bool found = false;
	char path[PATH_BYTES];

	for (int kind = 0; kind < QUEUE_KINDS && !found; kind++) {
		(void)snprintf(path, sizeof(path), "queue/%s",
		    queue_kind_name((enum queue_kind)kind));
		found = holds_files(home, path, 1);
	}
	return found;
}
