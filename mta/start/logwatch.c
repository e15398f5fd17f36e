/* SPDX-License-Identifier: ISC */
#include "mta/start/logwatch.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"

enum { BLOCK = 4096, LINE_MAX_BYTES = 65536 };

static int
open_current(const struct logwatch *w)
{
	int flags = O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC;

	return openat(w->dir, "current", flags);
}

int
logwatch_open(struct logwatch *w, int home, const char *dir, struct err *e)
{
	*w = (struct logwatch){.fd = -1};
	w->dir = file_open_dir(home, dir, e);
	if (w->dir == -1)
		return -1;
	w->fd = open_current(w);
	if (w->fd != -1)
		(void)lseek(w->fd, 0, SEEK_END); /* a FIFO cannot, is skipped */
	return 0;
}

void
logwatch_close(struct logwatch *w)
{
	fd_close(&w->fd);
	fd_close(&w->dir);
	str_free(&w->line);
}

/* "@400000006b0ff1a92c3e4d5c status: ..." */
static struct span
without_stamp(struct span line)
{
	if (line.n > 0 && line.p[0] == '@')
		return span_from(line, span_find(line, ' ', 0) + 1);
	return line;
}

static void
take_lines(struct logwatch *w, struct span bytes,
    void (*see)(void *arg, struct span line), void *arg)
{
	while (bytes.n > 0) {
		size_t end = span_find(bytes, '\n', 0);

		if (w->line.n < LINE_MAX_BYTES)
			str_put(&w->line, span_first(bytes, end));
		if (end == bytes.n)
			return;
		see(arg, without_stamp(str_span(&w->line)));
		str_reset(&w->line);
		bytes = span_from(bytes, end + 1);
	}
}

static void
drain(struct logwatch *w, void (*see)(void *arg, struct span line), void *arg)
{
	char buf[BLOCK];
	ssize_t got;

	while (w->fd != -1 && (got = fd_read_some(w->fd, buf, BLOCK)) > 0)
		take_lines(w, (struct span){buf, (size_t)got}, see, arg);
}

/* Goes over to the file that is current now, if it is another one. */
static bool
follow(struct logwatch *w)
{
	int fd = open_current(w);
	struct stat now, then;
	bool other;

	if (fd == -1)
		return false;
	other = w->fd == -1 ||
	        (fstat(fd, &now) == 0 && fstat(w->fd, &then) == 0 &&
	            (now.st_ino != then.st_ino || now.st_dev != then.st_dev));
	if (!other) {
		fd_close(&fd);
		return false;
	}
	fd_close(&w->fd);
	w->fd = fd;
	return true;
}

void
logwatch_read(struct logwatch *w, void (*see)(void *arg, struct span line),
    void *arg)
{
	drain(w, see, arg);
	if (follow(w))
		drain(w, see, arg);
}
