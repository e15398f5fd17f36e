/* SPDX-License-Identifier: ISC */
#include "qmail/repair/pinned.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"

void
pinned_init(struct pinned *p, int queue_dir)
{
	*p = (struct pinned){.queue_dir = queue_dir};
	for (size_t i = 0; i < PINNED_DIRS; i++)
		p->dir[i].fd = -1;
}

static void
drop(struct pinned_dir *d)
{
	free(d->path);
	fd_close(&d->fd);
	*d = (struct pinned_dir){.fd = -1};
}

void
pinned_free(struct pinned *p)
{
	for (size_t i = 0; i < PINNED_DIRS; i++)
		drop(&p->dir[i]);
}

static int
sync_one(struct pinned_dir *d, struct err *e)
{
	if (!d->changed)
		return 0;
	if (fsync(d->fd) == -1)
		return err_sys(e, "sync directory",
		    d->path[0] == '\0' ? "queue" : d->path);
	d->changed = false;
	return 0;
}

int
pinned_sync(struct pinned *p, struct err *e)
{
	for (size_t i = 0; i < PINNED_DIRS; i++) {
		if (p->dir[i].path != NULL && sync_one(&p->dir[i], e) == -1)
			return -1;
	}
	return 0;
}

int
pinned_forget(struct pinned *p, struct err *e)
{
	if (pinned_sync(p, e) == -1)
		return -1;
	pinned_free(p);
	return 0;
}

void
pinned_changed(struct pinned *p, int fd)
{
	for (size_t i = 0; i < PINNED_DIRS; i++) {
		if (p->dir[i].path != NULL && p->dir[i].fd == fd)
			p->dir[i].changed = true;
	}
}

static struct pinned_dir *
find(struct pinned *p, const char *path)
{
	for (size_t i = 0; i < PINNED_DIRS; i++) {
		if (p->dir[i].path != NULL && strcmp(p->dir[i].path, path) == 0)
			return &p->dir[i];
	}
	return NULL;
}

static int
keep(struct pinned *p, const char *path, int fd, struct err *e)
{
	struct pinned_dir *d = &p->dir[p->next];

	if (d->path != NULL && sync_one(d, e) == -1)
		goto fail;
	drop(d);
	d->path = strdup(path);
	if (d->path == NULL) {
		err_sys(e, "remember directory", path);
		goto fail;
	}
	d->fd = fd;
	p->next = (p->next + 1) % PINNED_DIRS;
	return fd;
fail:
	fd_close(&fd);
	return -1;
}

enum { OPEN_DIR = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC };

static int
open_part(int at, const char *name, bool make)
{
	int fd = strcmp(name, "..") == 0 ? -1 : openat(at, name, OPEN_DIR);

	if (fd != -1 || errno != ENOENT || !make)
		return fd;
	/* a new folder is durable only when the one above it is */
	if (mkdirat(at, name, 0700) == -1 || fsync(at) == -1)
		return -1;
	return openat(at, name, OPEN_DIR);
}

/* path is in p->buf: each "/" becomes the end of a string in turn. */
static int
open_parts(struct pinned *p, bool make, struct err *e)
{
	int at = openat(p->queue_dir, ".", OPEN_DIR);
	char *part = p->buf;

	while (at != -1 && *part != '\0') {
		char *end = strchrnul(part, '/');
		bool last = *end == '\0';
		int fd;

		*end = '\0';
		fd = open_part(at, part, make);
		fd_close(&at);
		at = fd;
		if (at == -1)
			break;
		if (!last)
			*end = '/';
		part = last ? end : end + 1;
	}
	if (at == -1)
		return err_sys(e, "open directory", p->buf);
	return at;
}

int
pinned_dir_of(struct pinned *p, struct span path, bool make, const char **name,
    struct err *e)
{
	struct pinned_dir *known;
	char *slash;
	int fd;

	if (path.n + 2 > sizeof(p->buf) || span_find(path, '\0', 0) != path.n)
		return err_set(e, ERR_LIMIT, "path too long or with a NUL");
	memcpy(p->buf, path.p, path.n);
	p->buf[path.n] = '\0';
	slash = strrchr(p->buf, '/');
	if (path.n == 0) {
		*name = ".";
	} else if (slash == NULL) {
		/* the name stays behind the "" that finds the directory */
		memmove(p->buf + 1, p->buf, path.n + 1);
		p->buf[0] = '\0';
		*name = p->buf + 1;
	} else {
		*slash = '\0';
		*name = slash + 1;
	}
	known = find(p, p->buf);
	if (known != NULL)
		return known->fd;
	fd = open_parts(p, make, e);
	return fd == -1 ? -1 : keep(p, p->buf, fd, e);
}
