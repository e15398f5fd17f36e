/* SPDX-License-Identifier: ISC */
#include "mta/local/local_mbox.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/out.h"
#include "base/sig.h"
#include "fmt/mbox.h"

enum { LOCK_WAIT_S = 30 };

struct mbox {
	const char *path;
	int fd;
	bool created;
	bool locked;
	off_t start; /* where this message begins */
	struct err *e;
};

static enum local_mbox_status
trouble(const struct mbox *b, const char *verb)
{
	err_sys(b->e, verb, b->path);
	return LOCAL_MBOX_TROUBLE;
}

/* non-blocking, for the case of a FIFO; a missing file is asked for twice, so
 * that we know whether its name is new and must be synced */
static int
open_file(struct mbox *b)
{
	int flags = O_WRONLY | O_APPEND | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;

	b->fd = open(b->path, flags);
	if (b->fd == -1 && errno == ENOENT) {
		b->fd = open(b->path, flags | O_CREAT, 0600);
		b->created = true;
	}
	if (b->fd < 0 || b->fd > STDERR_FILENO)
		return b->fd;
	/* started without standard descriptors: the summary must not end up in
	 * the mailbox */
	flags = b->fd;
	b->fd = fcntl(flags, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	(void)close(flags);
	return b->fd;
}

static void
wake_up(int signal)
{
	(void)signal; /* its arrival ends the wait */
}

/* A lock that is refused for good (some network filesystems) is done without.
 */
static int
lock_file(struct mbox *b)
{
	b->locked = flock(b->fd, LOCK_EX | LOCK_NB) == 0;
	if (b->locked || errno != EWOULDBLOCK)
		return 0;
	sig_catch(SIGALRM, wake_up);
	(void)alarm(LOCK_WAIT_S);
	b->locked = flock(b->fd, LOCK_EX) == 0;
	if (!b->locked && errno == EINTR)
		return err_set(b->e, ERR_LIMIT, "%s is locked by somebody else",
		    b->path);
	(void)alarm(0);
	sig_default(SIGALRM);
	return 0;
}

/* What a delivery that was killed left behind has no end: a From_ line glued to
 * it would hide this message from every reader. Only a file that begins like a
 * mailbox is mended, and one that may not be read is not. */
static void
put_end_of_last(const struct mbox *b, struct out *out)
{
	static const char from[] = {'F', 'r', 'o', 'm', ' '};
	char begin[sizeof(from)], end[2];
	int fd;

	if (b->start <= (off_t)sizeof(from))
		return;
	fd = open(b->path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd == -1)
		return;
	if (pread(fd, begin, sizeof(begin), 0) == (ssize_t)sizeof(begin) &&
	    memcmp(begin, from, sizeof(from)) == 0 &&
	    pread(fd, end, sizeof(end), b->start - (off_t)sizeof(end)) ==
	        (ssize_t)sizeof(end)) {
		if (end[1] != '\n')
			out_put(out, SPAN("\n\n"));
		else if (end[0] != '\n')
			out_put(out, SPAN("\n"));
	}
	fd_close(&fd);
}

static int
put_message(struct out *out, struct local_message *m)
{
	struct mbox_quoter quoter = {0};
	struct str end = {0};
	struct span block, piece;
	int more, rc = -1;

	local_message_rewind(m);
	while ((more = local_message_next(m, &block)) == 1) {
		while (mbox_quote_next(&quoter, &block, &piece))
			out_put(out, piece);
	}
	mbox_quote_end(&quoter, &end);
	out_put(out, str_span(&end));
	if (str_ok(&end))
		rc = more;
	else
		errno = ENOMEM;
	str_free(&end);
	return rc;
}

/* The file may have been reached through links: its own directory counts. One
 * that must not be read cannot be synced; the sync of the new file itself has
 * stored its name on the usual filesystems. */
static int
sync_directory(const struct mbox *b)
{
	char *path = realpath(b->path, NULL);
	struct span dir = span_cstr(path);
	int fd, rc;

	if (path == NULL)
		return -1;
	path[span_rfind(dir, '/') + 1] = '\0'; /* it has one: it is absolute */
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	free(path);
	if (fd == -1)
		return errno == EACCES ? 0 : -1;
	rc = fsync(fd);
	fd_close(&fd);
	return rc;
}

static enum local_mbox_status
append(struct mbox *b, struct span header, struct local_message *m)
{
	struct out out;
	int rc;

	if (out_open(&out, b->fd) == -1)
		return trouble(b, "write");
	put_end_of_last(b, &out);
	out_put(&out, header);
	rc = put_message(&out, m);
	if (rc == -1)
		err_sys(b->e, "read", "message");
	else if (out_flush(&out) == -1)
		rc = err_sys(b->e, "write", b->path);
	out_close(&out);
	if (rc == -1)
		return LOCAL_MBOX_TROUBLE;
	if (fsync(b->fd) == -1)
		return trouble(b, "sync");
	if (b->created && sync_directory(b) == -1)
		return trouble(b, "sync directory of");
	return LOCAL_MBOX_OK;
}

enum local_mbox_status
local_mbox_deliver(const char *path, struct span header,
    struct local_message *m, struct err *e)
{
	struct mbox b = {.path = path, .e = e};
	enum local_mbox_status status = LOCAL_MBOX_TROUBLE;

	if (open_file(&b) == -1) {
		err_sys(e, "open mailbox", path);
		return LOCAL_MBOX_ABSENT;
	}
	if (lock_file(&b) == 0) {
		b.start = lseek(b.fd, 0, SEEK_END);
		status = append(&b, header, m);
	}
	/* half a message would be glued to the next one */
	if (status != LOCAL_MBOX_OK && b.locked && b.start != -1 &&
	    ftruncate(b.fd, b.start) == -1)
		err_sys(e, "remove half a message from", path);
	if (status == LOCAL_MBOX_OK && close(b.fd) == -1)
		return trouble(&b, "close");
	if (status != LOCAL_MBOX_OK)
		fd_close(&b.fd);
	return status;
}
