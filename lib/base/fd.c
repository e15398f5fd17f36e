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
	if (b->n == FD_BATCH_MAX || (b->n > 0 && fd != b->first + b->n))
		fd_batch_close(b);
	if (b->n == 0)
		b->first = fd;
	b->n++;
}

void
fd_batch_close(struct fd_batch *b)
{
	unsigned first = (unsigned)b->first, n = (unsigned)b->n;
	int sys = errno;

	if (b->n == 1 ||
	    (b->n > 0 && close_range(first, first + n - 1, 0) != 0)) {
		/* alone, or a kernel without close_range */
		for (int fd = b->first; fd < b->first + b->n; fd++)
			(void)close(fd);
	}
	b->n = 0;
	errno = sys;
}
