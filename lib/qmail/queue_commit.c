/* SPDX-License-Identifier: ISC */
#include "qmail/queue_commit.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/magic.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/fd.h"

enum { PID_TRIES = 9, PID_NAME_BYTES = 64 };

void
queue_commit_init(struct queue_commit *c, int queue_dir,
    const struct queue_layout *layout)
{
	*c = (struct queue_commit){
	    .queue_dir = queue_dir,
	    .layout = layout,
	    .mess_fd = -1,
	    .intd_fd = -1,
	    .mess_dir_fd = -1,
	    .todo_dir_fd = -1,
	};
}

void
queue_commit_close(struct queue_commit *c)
{
	fd_close(&c->mess_fd);
	fd_close(&c->intd_fd);
	fd_close(&c->mess_dir_fd);
	fd_close(&c->todo_dir_fd);
}

static int
create(const struct queue_commit *c, const char *name)
{
	return openat(c->queue_dir, name,
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
}

static int
create_pid(const struct queue_commit *c, char name[PID_NAME_BYTES], pid_t pid,
    int64_t now)
{
	int fd = -1;

	for (int i = 1; i <= PID_TRIES && fd == -1; i++) {
		(void)snprintf(name, PID_NAME_BYTES, "pid/%d.%" PRId64 ".%d",
		    (int)pid, now, i);
		fd = create(c, name);
		if (fd == -1 && errno != EEXIST)
			return -1;
	}
	return fd;
}

/* Never replaces a file: mess/S/ID of another inode would be a message. */
static int
move_new(int dir, const char *from, const char *to)
{
	if (renameat2(dir, from, dir, to, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -1;
	if (linkat(dir, from, dir, to, 0) == -1)
		return -1;
	/* a second name in pid/ harms nobody and is collected later */
	(void)unlinkat(dir, from, 0);
	return 0;
}

static void
remove_keeping_errno(int dir, const char *name)
{
	int saved = errno;

	(void)unlinkat(dir, name, 0);
	errno = saved;
}

enum queue_exit
queue_commit_create(struct queue_commit *c, pid_t pid, int64_t now)
{
	char name[PID_NAME_BYTES];
	struct queue_path mess;
	struct stat st;
	int fd = create_pid(c, name, pid, now);

	if (fd == -1)
		return QUEUE_EXIT_PID;
	if (fstat(fd, &st) == -1) {
		remove_keeping_errno(c->queue_dir, name);
		fd_close(&fd);
		return QUEUE_EXIT_PID;
	}
	c->id = st.st_ino;
	mess = queue_path(c->layout, QUEUE_MESS, c->id);
	if (move_new(c->queue_dir, name, mess.text) == -1) {
		remove_keeping_errno(c->queue_dir, name);
		fd_close(&fd);
		return QUEUE_EXIT_MESS;
	}
	c->mess_fd = fd;
	return QUEUE_EXIT_OK;
}

enum queue_exit
queue_commit_envelope(struct queue_commit *c)
{
	struct queue_path intd = queue_path(c->layout, QUEUE_INTD, c->id);

	c->intd_fd = create(c, intd.text);
	return c->intd_fd == -1 ? QUEUE_EXIT_INTD : QUEUE_EXIT_OK;
}

/* The sync of a new file made its name durable on every file system we know;
 * that of the directory makes it true everywhere. Not on btrfs, where it would
 * publish removals in mess/ before older ones in info/ and remote/. */
static bool
wants_dir_sync(const struct queue_commit *c)
{
	struct statfs fs;

	return c->layout->counts_links || fstatfs(c->mess_fd, &fs) == -1 ||
	       fs.f_type != BTRFS_SUPER_MAGIC;
}

static int
open_dir(const struct queue_commit *c, enum queue_kind kind)
{
	struct queue_path dir = queue_path_dir(c->layout, kind, c->id);

	return openat(c->queue_dir, dir.text,
	    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* mess/ and intd/ must be on disk before todo/ is linked: that link is our
 * promise to the sender. After a crash without it the files are garbage, with
 * it they are a message. A failed sync is never tried again: the kernel has
 * forgotten which pages it could not write. */
enum queue_exit
queue_commit_sync(struct queue_commit *c)
{
	if (fsync(c->mess_fd) == -1 || fsync(c->intd_fd) == -1)
		return QUEUE_EXIT_WRITE;
	if (!wants_dir_sync(c))
		return QUEUE_EXIT_OK;
	c->mess_dir_fd = open_dir(c, QUEUE_MESS);
	if (c->mess_dir_fd == -1)
		return QUEUE_EXIT_MESS;
	return fsync(c->mess_dir_fd) == -1 ? QUEUE_EXIT_WRITE : QUEUE_EXIT_OK;
}

/* link(2) said no. If the name is there all the same, it counts. */
static bool
was_linked(const struct queue_commit *c)
{
	int saved = errno;
	struct stat st;
	bool linked = fstat(c->intd_fd, &st) == -1 || st.st_nlink > 1;

	errno = saved;
	return linked;
}

enum queue_exit
queue_commit_accept(struct queue_commit *c)
{
	struct queue_path intd = queue_path(c->layout, QUEUE_INTD, c->id);
	struct queue_path todo = queue_path(c->layout, QUEUE_TODO, c->id);
	int rc;

	/* before the link: with too many descriptors open nothing is promised
	 */
	c->todo_dir_fd = open_dir(c, QUEUE_TODO);
	if (c->todo_dir_fd == -1)
		return QUEUE_EXIT_TODO;
	rc = linkat(c->queue_dir, intd.text, c->queue_dir, todo.text, 0);
	c->accepted = rc == 0 || was_linked(c);
	if (rc == 0)
		rc = fsync(c->todo_dir_fd);
	return rc == -1 ? QUEUE_EXIT_TODO : QUEUE_EXIT_OK;
}

void
queue_commit_cancel(struct queue_commit *c)
{
	struct queue_path path;

	if (c->accepted)
		return;
	if (c->intd_fd != -1) {
		path = queue_path(c->layout, QUEUE_INTD, c->id);
		if (unlinkat(c->queue_dir, path.text, 0) == -1 &&
		    errno != ENOENT)
			return;
	}
	if (c->mess_fd != -1) {
		path = queue_path(c->layout, QUEUE_MESS, c->id);
		(void)unlinkat(c->queue_dir, path.text, 0);
	}
}
