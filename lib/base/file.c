/* SPDX-License-Identifier: ISC */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"

enum { LOAD_CHUNK = 16384 };

static int
write_synced(int fd, const char *tmp, struct span bytes, mode_t mode,
    struct err *e)
{
	if (fd_write_full(fd, bytes.p, bytes.n) == -1)
		return err_sys(e, "write", tmp);
	if (fchmod(fd, mode) == -1)
		return err_sys(e, "set mode of", tmp);
	if (fsync(fd) == -1)
		return err_sys(e, "sync", tmp);
	return 0;
}

int
file_replace(int dir, const char *name, struct span bytes, mode_t mode,
    struct err *e)
{
	char tmp[256];
	int len, fd;

	len = snprintf(tmp, sizeof(tmp), "%s.new", name);
	if (len < 0 || (size_t)len >= sizeof(tmp))
		return err_set(e, ERR_LIMIT, "file name too long: %s", name);

	(void)unlinkat(dir, tmp, 0); /* left by an earlier crash */
	fd = openat(dir, tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd == -1)
		return err_sys(e, "create", tmp);
	if (write_synced(fd, tmp, bytes, mode, e) == -1)
		goto fail;
	if (renameat(dir, tmp, dir, name) == -1) {
		err_sys(e, "rename", tmp);
		goto fail;
	}
	fd_close(&fd);
	return file_sync_parent(dir, name, e);

fail:
	fd_close(&fd);
	(void)unlinkat(dir, tmp, 0);
	return -1;
}

static int
read_all(int fd, const char *name, size_t max, struct str *out, struct err *e)
{
	size_t start = out->n;

	for (;;) {
		char *to = str_room(out, LOAD_CHUNK);
		ssize_t got;

		if (to == NULL) {
			errno = ENOMEM;
			return err_sys(e, "read", name);
		}
		got = fd_read_some(fd, to, LOAD_CHUNK);
		if (got == -1)
			return err_sys(e, "read", name);
		if (got == 0)
			return 0;
		str_added(out, (size_t)got);
		if (out->n - start > max)
			return err_set(e, ERR_LIMIT,
			    "%s is larger than %zu bytes", name, max);
	}
}

int
file_load(int dir, const char *name, size_t max, struct str *out, struct err *e)
{
	struct stat st;
	int fd, rc = -1;

	/* non-blocking: a FIFO planted here must not hang us before fstat */
	fd = openat(dir, name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd == -1)
		return err_sys(e, "open", name);
	if (fstat(fd, &st) == -1) {
		err_sys(e, "stat", name);
	} else if (S_ISDIR(st.st_mode)) {
		errno = EISDIR;
		err_sys(e, "read", name);
	} else if (!S_ISREG(st.st_mode)) {
		err_set(e, ERR_FORMAT, "%s is not a regular file", name);
	} else {
		rc = read_all(fd, name, max, out, e);
	}
	fd_close(&fd);
	return rc;
}

int
file_open_dir(int dir, const char *name, struct err *e)
{
	int fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd == -1)
		return err_sys(e, "open directory", name);
	return fd;
}

int
file_sync_dir(int dir, const char *name, struct err *e)
{
	if (fsync(dir) == -1)
		return err_sys(e, "sync directory of", name);
	return 0;
}

int
file_sync_parent(int dir, const char *name, struct err *e)
{
	struct span path = span_cstr(name);
	size_t slash = span_rfind(path, '/');
	char parent[256] = ".";
	int fd, rc;

	if (slash == path.n && dir != AT_FDCWD)
		return file_sync_dir(dir, name, e);
	if (slash >= sizeof(parent))
		return err_set(e, ERR_LIMIT, "file name too long: %s", name);
	if (slash < path.n)
		(void)snprintf(parent, sizeof(parent), "%.*s", (int)slash,
		    name);
	fd = file_open_dir(dir, parent, e);
	if (fd == -1)
		return -1;
	rc = file_sync_dir(fd, name, e);
	fd_close(&fd);
	return rc;
}
