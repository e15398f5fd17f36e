/* SPDX-License-Identifier: ISC */
#include "qmail/queue_dirs.h"

#include <fcntl.h>

#include "base/fd.h"

void
queue_dirs_init(struct queue_dirs *d, int queue_dir,
    const struct queue_layout *layout)
{
	*d = (struct queue_dirs){.queue_dir = queue_dir, .layout = layout};
	for (size_t i = 0; i < QUEUE_KINDS; i++)
		d->fd[i] = -1;
}

void
queue_dirs_close(struct queue_dirs *d)
{
	for (size_t i = 0; i < QUEUE_KINDS; i++)
		fd_close(&d->fd[i]);
}

int
queue_dirs_get(struct queue_dirs *d, enum queue_kind kind, uint64_t id,
    struct err *e)
{
	bool split = queue_kind_is_split(d->layout, kind);
	uint64_t subdir = split ? id % d->layout->split : 0;
	struct queue_path path;

	if (d->fd[kind] != -1 && d->subdir[kind] == subdir)
		return d->fd[kind];
	fd_close(&d->fd[kind]);
	path = queue_path_dir(d->layout, kind, id);
	d->fd[kind] = openat(d->queue_dir, path.text,
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (d->fd[kind] == -1)
		return err_sys(e, "open directory", path.text);
	d->subdir[kind] = subdir;
	return d->fd[kind];
}
