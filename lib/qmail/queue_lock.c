/* SPDX-License-Identifier: ISC */
#include "qmail/queue_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"

static const char mutex_name[] = "lock/sendmutex";
static const char trigger_name[] = "lock/trigger";

/* A pipe holds 64 KiB unless somebody enlarged it; more than a few times that
 * can only be a flood. */
enum { DRAIN_BYTES = 4096, DRAIN_READS = 64 };

int
queue_lock_take(int queue_dir, struct err *e)
{
	int fd = openat(queue_dir, mutex_name,
	    O_WRONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);

	if (fd == -1)
		return err_sys(e, "open", "queue/lock/sendmutex");
	if (flock(fd, LOCK_EX | LOCK_NB) == -1) {
		err_sys(e, "lock", "queue/lock/sendmutex");
		fd_close(&fd);
		return -1;
	}
	return fd;
}

void
queue_trigger_pull(int queue_dir)
{
	int fd = openat(queue_dir, trigger_name,
	    O_WRONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);

	if (fd == -1)
		return;
	/* a full pipe has been pulled often enough */
	if (write(fd, "", 1) == -1)
		errno = 0;
	fd_close(&fd);
}

void
queue_trigger_init(struct queue_trigger *t)
{
	*t = (struct queue_trigger){.fd = -1};
}

void
queue_trigger_close(struct queue_trigger *t)
{
	fd_close(&t->fd);
}

static int
refuse_type(struct err *e)
{
	return err_set(e, ERR_FORMAT, "queue/lock/trigger is not a FIFO");
}

/* Open for reading and writing: the private write end keeps poll from
 * reporting a hang-up each time the last puller closes. It vanishes with us,
 * so pullers still learn from ENXIO that nobody is there. */
static int
open_trigger(struct queue_trigger *t, int queue_dir, struct err *e)
{
	struct stat st;
	int fd = openat(queue_dir, trigger_name,
	    O_RDWR | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);

	if (fd == -1)
		return err_sys(e, "open", "queue/lock/trigger");
	if (fstat(fd, &st) == -1) {
		err_sys(e, "examine", "queue/lock/trigger");
	} else if (!S_ISFIFO(st.st_mode)) {
		refuse_type(e);
	} else {
		t->fd = fd;
		t->dev = st.st_dev;
		t->ino = st.st_ino;
		return 0;
	}
	fd_close(&fd);
	return -1;
}

/* Looks at the path first: what is not a FIFO is not even opened. */
static int
follow_path(struct queue_trigger *t, int queue_dir, struct err *e)
{
	struct stat st;
	int rc = 0;

	if (fstatat(queue_dir, trigger_name, &st, AT_SYMLINK_NOFOLLOW) == -1)
		rc = err_sys(e, "examine", "queue/lock/trigger");
	else if (!S_ISFIFO(st.st_mode))
		rc = refuse_type(e);
	else if (t->fd != -1 && st.st_dev == t->dev && st.st_ino == t->ino)
		return 0;
	queue_trigger_close(t);
	return rc == 0 ? open_trigger(t, queue_dir, e) : rc;
}

static void
drain(int fd)
{
	char bytes[DRAIN_BYTES];

	for (int i = 0; i < DRAIN_READS; i++) {
		ssize_t got = fd_read_some(fd, bytes, sizeof(bytes));

		if (got < (ssize_t)sizeof(bytes))
			return;
	}
}

enum queue_trigger_status
queue_trigger_prepare(struct queue_trigger *t, int queue_dir, struct err *e)
{
	bool failing = t->failing;

	t->failing = follow_path(t, queue_dir, e) == -1;
	if (!t->failing) {
		drain(t->fd);
		return QUEUE_TRIGGER_READY;
	}
	return failing ? QUEUE_TRIGGER_FAILING : QUEUE_TRIGGER_FAILED;
}
