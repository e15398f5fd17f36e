/* SPDX-License-Identifier: ISC */
#include "qmail/repair/inuse.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/dir.h"
#include "base/fd.h"
#include "base/in.h"
#include "base/num.h"
#include "base/str.h"

enum { LINE_MAX_BYTES = 1024 };

static bool
take_word(struct span *line, struct span *word)
{
	size_t n = 0;

	while (line->n > 0 && (line->p[0] == ' ' || line->p[0] == '\n')) {
		line->p++;
		line->n--;
	}
	while (n < line->n && line->p[n] != ' ' && line->p[n] != '\n')
		n++;
	*word = (struct span){line->p, n};
	line->p += n;
	line->n -= n;
	return n > 0;
}

/* "1: FLOCK  ADVISORY  WRITE 718 08:01:1234 0 EOF" */
static bool
parse_lock(struct span line, struct span file, uint64_t *pid)
{
	struct span word[6];

	for (size_t i = 0; i < 6; i++) {
		if (!take_word(&line, &word[i]))
			return false;
		/* "->" marks one that waits */
		if (i == 1 && span_eq(word[i], SPAN("->")))
			return false;
	}
	if (!span_eq(word[3], SPAN("WRITE")) || !span_eq(word[5], file))
		return false;
	/* -1: of another process namespace */
	if (!num_parse_u64(word[4], INT32_MAX, pid))
		*pid = 0;
	return true;
}

static int
open_below(const char *proc_dir, const char *name)
{
	char path[256];
	int n = snprintf(path, sizeof(path), "%s/%s", proc_dir, name);

	if (n < 0 || (size_t)n >= sizeof(path))
		return -1;
	return open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
}

static void
find_lock(const char *proc_dir, const struct stat *mutex, struct inuse *u)
{
	char name[64];
	struct str line = {0};
	struct in in;
	int fd = open_below(proc_dir, "locks");
	int n = snprintf(name, sizeof(name), "%02x:%02x:%" PRIu64,
	    major(mutex->st_dev), minor(mutex->st_dev),
	    (uint64_t)mutex->st_ino);

	if (fd == -1 || in_open(&in, fd) == -1) {
		fd_close(&fd);
		return;
	}
	while (!u->live && in_line(&in, LINE_MAX_BYTES, &line) == IN_OK) {
		u->live = parse_lock(str_span(&line),
		    (struct span){name, (size_t)n}, &u->pid);
		str_reset(&line);
	}
	str_free(&line);
	in_close(&in);
	fd_close(&fd);
}

static void
find_name(const char *proc_dir, struct inuse *u)
{
	char path[64];
	ssize_t n;
	int fd;

	if (u->pid == 0)
		return;
	(void)snprintf(path, sizeof(path), "%" PRIu64 "/comm", u->pid);
	fd = open_below(proc_dir, path);
	n = fd == -1 ? 0 : fd_read_full(fd, u->name, sizeof(u->name) - 1);
	fd_close(&fd);
	if (n < 0)
		n = 0;
	u->name[n] = '\0';
	for (char *p = u->name; *p != '\0'; p++) {
		if (*p == '\n')
			*p = '\0';
		else if (*p < 32 || *p > 126)
			*p = '?';
		if (*p == '\0')
			break;
	}
}

static bool
is_same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* The programs of qmail that live in the queue directory; not a shell that
 * happens to be there. */
static void
find_worker(const char *proc_dir, const struct stat dir[2], struct inuse *u)
{
	struct dir d = {.fd = -1};
	struct dir_entry entry;

	if (dir_open(&d, AT_FDCWD, proc_dir, NULL) == -1)
		return;
	while (!u->live && dir_next(&d, &entry) == 1) {
		struct inuse other = {0};
		struct stat cwd;
		char path[64];

		if (!num_parse_canonical(entry.name, INT32_MAX, &other.pid))
			continue;
		(void)snprintf(path, sizeof(path), "%" PRIu64 "/cwd",
		    other.pid);
		if (fstatat(d.fd, path, &cwd, 0) == -1 ||
		    (!is_same(&cwd, &dir[0]) && !is_same(&cwd, &dir[1])))
			continue;
		find_name(proc_dir, &other);
		other.live = strncmp(other.name, "qmail-", 6) == 0 &&
		             strncmp(other.name, "qmail-queue", 11) != 0;
		if (other.live)
			*u = other;
	}
	dir_free(&d);
}

void
inuse_detect(int queue_dir, const char *proc_dir, struct inuse *u)
{
	struct stat mutex, dir[2];

	*u = (struct inuse){0};
	if (fstatat(queue_dir, "lock/sendmutex", &mutex, AT_SYMLINK_NOFOLLOW) ==
	    0)
		find_lock(proc_dir, &mutex, u);
	if (u->live) {
		find_name(proc_dir, u);
		return;
	}
	if (fstat(queue_dir, &dir[0]) == -1)
		return;
	if (fstatat(queue_dir, "mess", &dir[1], AT_SYMLINK_NOFOLLOW) == -1)
		dir[1] = dir[0];
	find_worker(proc_dir, dir, u);
}
