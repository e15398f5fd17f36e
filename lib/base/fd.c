/* SPDX-License-Identifier: ISC */
#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

void
fd_close(int *fd)
{
	int saved = errno;

	if (*fd >= 0)
		(void)close(*fd); /* what must be durable was synced before */
	*fd = -1;
	errno = saved;
}

ssize_t
fd_read_some(int fd, void *buf, size_t n)
{
	ssize_t got;

	do {
		got = read(fd, buf, n);
	} while (got == -1 && errno == EINTR);
	return got;
}

ssize_t
fd_read_at(int fd, void *buf, size_t n, off_t offset)
{
	ssize_t got;

	do {
		got = pread(fd, buf, n, offset);
	} while (got == -1 && errno == EINTR);
	return got;
}

ssize_t
fd_read_full(int fd, void *buf, size_t n)
{
	char *to = buf;
	size_t have = 0;

	while (have < n) {
		ssize_t got = fd_read_some(fd, to + have, n - have);

		if (got == -1)
			return -1;
		if (got == 0)
			break;
		have += (size_t)got;
	}
	return (ssize_t)have;
}

int
fd_write_full(int fd, const void *buf, size_t n)
{
	const char *from = buf;

	while (n > 0) {
		ssize_t put = write(fd, from, n);

		if (put == -1 && errno == EINTR)
			continue;
		if (put == -1)
			return -1;
		from += put;
		n -= (size_t)put;
	}
	return 0;
}

int
fd_flush(int fd, struct str *out, size_t *at)
{
	while (*at < out->n) {
		ssize_t put = write(fd, out->p + *at, out->n - *at);

		if (put >= 0)
			*at += (size_t)put;
		else if (errno == EAGAIN)
			return 0;
		else if (errno != EINTR)
			return -1;
	}
	str_reset(out);
	*at = 0;
	return 0;
}

int
fd_ensure_standard(void)
{
	for (int fd = 0; fd <= 2; fd++) {
		if (fcntl(fd, F_GETFD) != -1 || errno != EBADF)
			continue;
		/* open() takes the lowest free number, which is fd */
		if (open("/dev/null", fd == 0 ? O_RDONLY : O_WRONLY) == -1)
			return -1;
	}
	return 0;
}

int
fd_set_nonblocking(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags == -1)
		return -1;
	return fcntl(fd, F_SETFL, flags | O_NONBLOCK);
}

int
fd_pipe(int ends[2])
{
	return pipe2(ends, O_CLOEXEC);
}

void
fd_batch_add(struct fd_batch *b, int fd)
{
	int at = b->n++;

	while (at > 0 && b->fd[at - 1] > fd) {
		b->fd[at] = b->fd[at - 1];
		at--;
	}
	b->fd[at] = fd;
	if (b->n == FD_BATCH_MAX)
		fd_batch_close(b);
}

/* The run of numbers that begins at fd[at]: how many. */
static int
run_length(const struct fd_batch *b, int at)
{
	int n = 1;

	while (at + n < b->n && b->fd[at + n] == b->fd[at] + n)
		n++;
	return n;
}

void
fd_batch_close(struct fd_batch *b)
{
	int sys = errno;

	for (int at = 0; at < b->n;) {
		int n = run_length(b, at);
		unsigned first = (unsigned)b->fd[at];

		/* a kernel without close_range closes them one by one */
		if (n == 1 ||
		    close_range(first, first + (unsigned)n - 1, 0) == -1) {
			for (int i = 0; i < n; i++)
				(void)close(b->fd[at + i]);
		}
		at += n;
	}
	b->n = 0;
	errno = sys;
}
