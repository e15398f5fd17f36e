/* SPDX-License-Identifier: ISC */
#include "base/dir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fd.h"

enum { DIR_BUFFER = 65536 };

int
dir_open(struct dir *d, int at, const char *name, struct err *e)
{
	dir_close(d);
	if (d->buf == NULL)
		d->buf = malloc(DIR_BUFFER);
	if (d->buf == NULL)
		return err_sys(e, "read directory", name);
	d->fd = openat(at, name,
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (d->fd == -1)
		return err_sys(e, "open directory", name);
	return 0;
}

static int
fill(struct dir *d)
{
	long got;

	do
		got = syscall(SYS_getdents64, d->fd, d->buf, DIR_BUFFER);
	while (got == -1 && errno == EINTR);
	d->at = 0;
	d->end = got > 0 ? (size_t)got : 0;
	return got > 0 ? 1 : (int)got;
}

static bool
is_dot(struct span name)
{
	return span_eq(name, SPAN(".")) || span_eq(name, SPAN(".."));
}

int
dir_next(struct dir *d, struct dir_entry *entry)
{
	do {
		/* the kernel aligns records for this struct */
		const struct dirent64 *raw;

		if (d->at == d->end) {
			int rc = fill(d);

			if (rc != 1)
				return rc;
		}
		raw = (const void *)(d->buf + d->at);
		d->at += raw->d_reclen;
		*entry = (struct dir_entry){
		    .name = span_cstr(raw->d_name),
		    .ino = raw->d_ino,
		    .type = raw->d_type,
		};
	} while (is_dot(entry->name));
	return 1;
}

void
dir_close(struct dir *d)
{
	fd_close(&d->fd);
	d->at = d->end = 0;
}

void
dir_free(struct dir *d)
{
	dir_close(d);
	free(d->buf);
	*d = (struct dir){.fd = -1};
}
