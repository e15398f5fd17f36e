/* SPDX-License-Identifier: ISC */
#include "mta/send/bounce_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "mta/send/send_files.h"
#include "qmail/bounce.h"

/* What to write where. */
struct addition {
	uint64_t at;
	struct span bytes;
};

static int
write_at(int fd, struct addition a)
{
	while (a.bytes.n > 0) {
		ssize_t n = pwrite(fd, a.bytes.p, a.bytes.n, (off_t)a.at);

		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0)
			return -1;
		a.at += (uint64_t)n;
		a.bytes = span_from(a.bytes, (size_t)n);
	}
	return 0;
}

/* The file is full: one more is left out. The line that says how many takes
 * the place of the empty line which ends the last paragraph, or of itself. */
static int
count_omitted(int fd, uint64_t size, struct str *note, struct addition *a)
{
	char tail[BOUNCE_OMITTED_BYTES];
	uint64_t count = 0;
	ssize_t n;

	a->at = size - BOUNCE_OMITTED_BYTES;
	n = pread(fd, tail, sizeof(tail), (off_t)a->at);
	if (n == -1)
		return -1;
	if (!bounce_omitted_parse((struct span){tail, (size_t)n}, &count))
		a->at = size - 1;
	bounce_omitted_put(note, count + 1);
	a->bytes = str_span(note);
	if (str_ok(note))
		return 0;
	errno = ENOMEM;
	return -1;
}

static int
append(int fd, struct span paragraph)
{
	struct addition a = {.bytes = paragraph};
	struct str note = {0};
	struct stat st;
	int rc;

	if (fstat(fd, &st) == -1)
		return -1;
	a.at = (uint64_t)st.st_size;
	if (st.st_size >= BOUNCE_FILE_MAX &&
	    count_omitted(fd, (uint64_t)st.st_size, &note, &a) == -1) {
		str_free(&note);
		return -1;
	}
	rc = write_at(fd, a);
	if (rc == 0)
		rc = fsync(fd);
	if (rc == -1) {
		int sys = errno;

		/* if even this fails, half a paragraph stays: it is read by
		 * people, and does no harm */
		if (ftruncate(fd, st.st_size) == -1)
			sys = errno;
		errno = sys;
	}
	str_free(&note);
	return rc;
}

/* *made: the file was not there before. */
static int
open_or_make(int queue, const char *path, bool may_exist, bool *made)
{
	const int flags = O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
	int fd;

	*made = false;
	if (may_exist) {
		fd = send_file_open(queue, path, O_RDWR);
		if (fd != -1 || errno != ENOENT)
			return fd;
	}
	fd = openat(queue, path, flags | O_CREAT | O_EXCL, 0600);
	*made = fd != -1;
	if (fd == -1 && errno == EEXIST && !may_exist)
		return send_file_open(queue, path, O_RDWR);
	return fd;
}

static int
sync_name(int queue, struct err *e)
{
	int dir = file_open_dir(queue, "bounce", e);
	int rc;

	if (dir == -1)
		return -1;
	rc = file_sync_dir(dir, "bounce", e);
	fd_close(&dir);
	return rc;
}

int
bounce_file_append(int queue, const char *path, bool may_exist,
    struct span paragraph, struct err *e)
{
	bool made;
	int fd = open_or_make(queue, path, may_exist, &made);
	int rc;

	if (fd == -1)
		return err_sys(e, "open", path);
	rc = append(fd, paragraph);
	if (rc == -1)
		err_sys(e, "append to", path);
	fd_close(&fd);
	if (rc == 0 && made)
		rc = sync_name(queue, e);
	if (rc == -1 && made)
		(void)unlinkat(queue, path, 0); /* else it is just empty */
	return rc;
}
