/* SPDX-License-Identifier: ISC */
#include "mta/send/send_sync.h"

#include <errno.h>
#include <unistd.h>

#include "base/fd.h"

static size_t
find(const struct send_sync *s, int fd)
{
	size_t i = 0;

	while (i < s->n && s->files[i].fd != fd)
		i++;
	return i;
}

void
send_sync_mark(struct send_sync *s, int fd, int64_t now)
{
	size_t i = find(s, fd);

	if (s->n == 0)
		s->deadline = now + 1;
	if (i == s->n)
		s->files[s->n++] = (struct send_sync_file){fd, 0};
	if (++s->marks >= SEND_SYNC_MARKS)
		send_sync_flush(s);
}

void
send_sync_forget(struct send_sync *s, int fd)
{
	size_t i = find(s, fd);

	if (i == s->n)
		return;
	s->files[i] = s->files[--s->n];
	if (s->n == 0)
		s->marks = 0;
}

void
send_sync_close(struct send_sync *s, int fd)
{
	size_t i = find(s, fd);

	if (i < s->n)
		s->files[i].close = 1;
	else
		fd_close(&fd);
}

void
send_sync_flush(struct send_sync *s)
{
	for (size_t i = 0; i < s->n; i++) {
		if (fdatasync(s->files[i].fd) == -1)
			s->failed = errno;
		if (s->files[i].close)
			fd_close(&s->files[i].fd);
	}
	s->n = 0;
	s->marks = 0;
}
