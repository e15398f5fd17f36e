/* SPDX-License-Identifier: ISC */
#include "mta/send/send_garbage.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "base/file.h"
#include "mta/send/send.h"

enum {
	TURN_ENTRIES = 16,
	CLEAN_MAX = 16, /* unanswered requests to qmail-clean */
};

static bool
is_absent(const struct send *s, enum queue_kind kind, uint64_t id)
{
	struct queue_path path = queue_path(&s->layout, kind, id);
	struct stat st;

	return fstatat(s->queue, path.text, &st, AT_SYMLINK_NOFOLLOW) == -1 &&
	       errno == ENOENT;
}

/* By the last change, not by the last reading: backups and deliveries read. */
static bool
is_old(const struct send *s, uint64_t id)
{
	struct queue_path path = queue_path(&s->layout, QUEUE_MESS, id);
	struct stat st;
	int64_t changed;

	if (fstatat(s->queue, path.text, &st, AT_SYMLINK_NOFOLLOW) == -1)
		return false;
	changed = st.st_mtime > st.st_ctime ? st.st_mtime : st.st_ctime;
	return s->now > changed && s->now - changed > SEND_GARBAGE_AGE;
}

static void
look_at(struct send *s, uint64_t sub, const char *name)
{
	uint64_t id;

	if (!queue_id_parse(span_cstr(name), &id) ||
	    id % s->layout.split != sub || !is_old(s, id) ||
	    !is_absent(s, QUEUE_INFO, id) || !is_absent(s, QUEUE_TODO, id))
		return;
	if (!s->clean.lost && send_clean_ask(&s->clean, CLEAN_FOOP, id))
		return;
	send_log_warning(&s->log, "qmail-clean unable to clean up foop/%llu",
	    (unsigned long long)id);
}

static bool
open_next(struct send *s)
{
	struct send_garbage *g = &s->garbage;
	struct queue_path path = queue_path_dir(&s->layout, QUEUE_MESS, g->sub);
	int fd = file_open_dir(s->queue, path.text, NULL);

	g->dir = fd == -1 ? NULL : fdopendir(fd);
	if (g->dir != NULL) {
		g->sub++;
		return true;
	}
	fd_close(&fd);
	send_log_alert(&s->log, "unable to opendir %s, sleeping...", path.text);
	g->next = s->now + SEND_PAUSE;
	return false;
}

void
send_garbage_run(struct send *s)
{
	struct send_garbage *g = &s->garbage;

	for (int i = 0; i < TURN_ENTRIES; i++) {
		const struct dirent *entry;

		if (s->now < g->next ||
		    send_clean_waiting(&s->clean) >= CLEAN_MAX)
			return;
		if (g->dir == NULL && g->sub == s->layout.split) {
			g->sub = 0;
			g->next = s->now + SEND_GARBAGE_EACH;
			return;
		}
		if (g->dir == NULL && !open_next(s))
			return;
		entry = readdir(g->dir);
		if (entry == NULL) {
			(void)closedir(g->dir); /* only read from */
			g->dir = NULL;
		} else {
			look_at(s, g->sub - 1, entry->d_name);
		}
	}
}

int64_t
send_garbage_wake(const struct send *s)
{
	if (s->clean.lost || send_clean_waiting(&s->clean) >= CLEAN_MAX)
		return INT64_MAX;
	return s->garbage.next;
}

void
send_garbage_free(struct send *s)
{
	if (s->garbage.dir != NULL)
		(void)closedir(s->garbage.dir);
	s->garbage = (struct send_garbage){0};
}
