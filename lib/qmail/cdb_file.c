/* SPDX-License-Identifier: ISC */
#include "qmail/cdb_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"

int
cdb_file_open(struct cdb_file *c, int dir, const char *name, struct err *e)
{
	/* non-blocking: a FIFO must not hang us; it is no database either */
	int fd = openat(dir, name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	int rc;

	if (fd == -1)
		return err_sys(e, "open", name);
	c->name = name;
	rc = cdb_init(&c->cdb, fd);
	if (rc == -1)
		rc = errno == EPROTO
		         ? err_set(e, ERR_FORMAT,
		               "%s is not a constant database", name)
		         : err_sys(e, "map", name);
	fd_close(&fd); /* the mapping stays */
	return rc;
}

void
cdb_file_close(struct cdb_file *c)
{
	cdb_free(&c->cdb);
	*c = (struct cdb_file){0};
}

static enum cdb_file_status
damaged(const struct cdb_file *c, struct err *e)
{
	err_set(e, ERR_FORMAT, "%s is damaged", c->name);
	return CDB_FILE_FAILED;
}

/* Where in the mapping a key or value lies; false when it does not fit. */
static bool
borrow(const struct cdb_file *c, unsigned n, unsigned at, struct span *out)
{
	const void *p = cdb_get(&c->cdb, n, at);

	if (p == NULL)
		return false;
	*out = (struct span){p, n};
	return true;
}

enum cdb_file_status
cdb_file_find(struct cdb_file *c, struct span key, struct span *data,
    struct err *e)
{
	int found;

	/* the library's own bounds are right for keys that could be there */
	if (key.n > c->cdb.cdb_fsize)
		return CDB_FILE_ABSENT;
	found = cdb_find(&c->cdb, key.p, (unsigned)key.n);
	if (found == 0)
		return CDB_FILE_ABSENT;
	if (found < 0 ||
	    !borrow(c, cdb_datalen(&c->cdb), cdb_datapos(&c->cdb), data))
		return damaged(c, e);
	return CDB_FILE_FOUND;
}

enum cdb_file_status
cdb_file_next(struct cdb_file *c, unsigned *at, struct span *key,
    struct span *data, struct err *e)
{
	int found;

	if (*at == 0)
		cdb_seqinit(at, &c->cdb);
	found = cdb_seqnext(at, &c->cdb);
	if (found == 0)
		return CDB_FILE_ABSENT;
	if (found < 0 ||
	    !borrow(c, cdb_keylen(&c->cdb), cdb_keypos(&c->cdb), key) ||
	    !borrow(c, cdb_datalen(&c->cdb), cdb_datapos(&c->cdb), data))
		return damaged(c, e);
	return CDB_FILE_FOUND;
}

int
cdb_file_create(struct cdb_file_make *m, int dir, const char *name,
    const char *tmp, struct err *e)
{
	int fd;

	*m = (struct cdb_file_make){.dir = dir, .name = name, .tmp = tmp};
	(void)unlinkat(dir, tmp, 0); /* left by an earlier crash */
	fd = openat(dir, tmp, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd == -1)
		return err_sys(e, "create", tmp);
	if (cdb_make_start(&m->make, fd) == 0)
		return 0;
	err_sys(e, "write", tmp);
	fd_close(&fd);
	(void)unlinkat(dir, tmp, 0);
	return -1;
}

void
cdb_file_add(struct cdb_file_make *m, struct span key, struct span data)
{
	if (m->sys != 0)
		return;
	if (key.n > UINT_MAX || data.n > UINT_MAX) {
		m->sys = EFBIG;
		return;
	}
	if (cdb_make_add(&m->make, key.p == NULL ? "" : key.p, (unsigned)key.n,
	        data.p == NULL ? "" : data.p, (unsigned)data.n) != 0)
		m->sys = errno == 0 ? EIO : errno;
}

static int
make_durable(struct cdb_file_make *m, mode_t mode, struct err *e)
{
	int fd = m->make.cdb_fd;

	/* it also frees what the library allocated, so it is never left out */
	if (cdb_make_finish(&m->make) != 0 && m->sys == 0)
		m->sys = errno == 0 ? EIO : errno;
	if (m->sys != 0) {
		errno = m->sys;
		return err_sys(e, "write", m->tmp);
	}
	if (fchmod(fd, mode) == -1)
		return err_sys(e, "set mode of", m->tmp);
	if (fsync(fd) == -1)
		return err_sys(e, "sync", m->tmp);
	if (renameat(m->dir, m->tmp, m->dir, m->name) == -1)
		return err_sys(e, "rename", m->tmp);
	return 0;
}

int
cdb_file_commit(struct cdb_file_make *m, mode_t mode, struct err *e)
{
	int fd = m->make.cdb_fd;
	int rc = make_durable(m, mode, e);

	if (rc == -1)
		(void)unlinkat(m->dir, m->tmp, 0);
	else
		rc = file_sync_parent(m->dir, m->name, e);
	fd_close(&fd);
	return rc;
}

void
cdb_file_abandon(struct cdb_file_make *m)
{
	int fd = m->make.cdb_fd;

	(void)cdb_make_finish(&m->make); /* frees the library's memory */
	fd_close(&fd);
	(void)unlinkat(m->dir, m->tmp, 0);
}
