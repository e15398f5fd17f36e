/* SPDX-License-Identifier: ISC */
#include "mta/admin/tcpok.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/priv.h"
#include "fmt/ip.h"
#include "qmail/site.h"
#include "qmail/tcpto.h"

/* "unable to VERB PATH: REASON" */
static int
unable(struct err *e, const char *verb, struct span queue, const char *path)
{
	return err_set(e, ERR_SYS, "unable to %s %.*s/%s: %s", verb,
	    (int)queue.n, queue.p, path, strerror(errno));
}

/* root becomes the user who owns the table: a table that was replaced by a link
 * must not lead it anywhere else. */
static int
give_up_root(int lock_dir, struct err *e)
{
	struct stat st;

	if (geteuid() != 0 ||
	    fstatat(lock_dir, tcpto_name(TCPTO_V4), &st, AT_SYMLINK_NOFOLLOW) ==
	        -1 ||
	    st.st_uid == 0)
		return 0;
	return priv_become(st.st_uid, st.st_gid, e);
}

static int
clear_tables(int lock_dir, struct span queue, struct err *e)
{
	int fd = openat(lock_dir, tcpto_name(TCPTO_V4),
	    O_WRONLY | O_NONBLOCK | O_CLOEXEC);

	if (fd == -1)
		return unable(e, "write", queue, "lock/tcpto");
	fd_close(&fd);
	if (tcpto_clear(lock_dir, TCPTO_V4, NULL) == -1)
		return unable(e, "clear", queue, "lock/tcpto");
	if (tcpto_clear(lock_dir, TCPTO_V6, NULL) == -1)
		return unable(e, "clear", queue, "lock/tcpto6");
	return 0;
}

/* Number of words that are addresses; each is cleared. */
static size_t
clear_hosts(int lock_dir, const char *const *words, size_t n)
{
	size_t found = 0;

	for (size_t i = 0; i < n; i++) {
		struct ip ip;

		if (!ip_parse(span_cstr(words[i]), &ip))
			continue;
		found++;
		tcpto_note_answer(lock_dir, ip.is_v6 ? TCPTO_V6 : TCPTO_V4,
		    ip.byte);
	}
	return found;
}

static int
work_in(int lock_dir, struct span queue, const char *const *words, size_t n,
    struct err *e)
{
	if (give_up_root(lock_dir, e) == -1)
		return -1;
	if (clear_hosts(lock_dir, words, n) > 0)
		return 0;
	return clear_tables(lock_dir, queue, e);
}

static int
work_at(struct str *queue, const char *const *words, size_t n, struct err *e)
{
	const char *path = str_cstr(queue);
	int queue_dir, lock_dir, rc;

	if (path == NULL)
		return err_set(e, ERR_SYS, "out of memory");
	queue_dir = file_open_dir(AT_FDCWD, path, NULL);
	lock_dir =
	    queue_dir == -1 ? -1 : file_open_dir(queue_dir, "lock", NULL);
	if (lock_dir == -1) {
		rc = unable(e, "chdir to", str_span(queue), "lock");
	} else {
		rc = work_in(lock_dir, str_span(queue), words, n, e);
		fd_close(&lock_dir);
	}
	fd_close(&queue_dir);
	return rc;
}

static int
find_queue(const char *home, struct str *queue, struct err *e)
{
	struct str memory = {0};
	struct site site;
	int rc;

	rc = site_find_given(&site, home, &memory, e);
	if (rc == 0)
		rc = site_become_owner(&site, e);
	if (rc == 0) {
		str_put_cstr(queue, site.home);
		str_put_cstr(queue, "/queue");
	}
	str_free(&memory);
	return rc;
}

int
tcpok(const char *home, const char *queue, const char *const *words, size_t n,
    struct err *e)
{
	struct str path = {0};
	int rc = 0;

	if (queue != NULL)
		str_put_cstr(&path, queue);
	else
		rc = find_queue(home, &path, e);
	if (rc == 0)
		rc = work_at(&path, words, n, e);
	str_free(&path);
	return rc;
}
