/* SPDX-License-Identifier: ISC */
#include "mta/send/todo_group.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/fd.h"
#include "qmail/clean_msg.h"

void
todo_group_init(struct todo_group *g, const struct todo_work *w)
{
	g->n = 0;
	todo_sync_init(&g->sync, w->queue, w->microseconds);
	for (size_t i = 0; i < TODO_GROUP_DIRS; i++)
		g->dir[i].fd = -1;
}

static void
close_dirs(struct todo_group *g)
{
	for (size_t i = 0; i < TODO_GROUP_DIRS; i++)
		fd_close(&g->dir[i].fd);
}

void
todo_group_close(struct todo_group *g)
{
	for (size_t i = 0; i < g->n; i++)
		todo_entry_close(&g->entry[i]);
	g->n = 0;
	close_dirs(g);
}

/* ---- directories --------------------------------------------------------- */

static uint64_t
sub_of(const struct todo_work *w, enum queue_kind kind, uint64_t id)
{
	return queue_kind_is_split(&w->layout, kind) ? id % w->layout.split : 0;
}

/* The slot of a directory, open; NULL with errno. Directories of a queue are
 * never made anew while it is in use, so they stay open from group to group.
 * With the usual 23 subdirectories each has a slot of its own. */
static struct todo_dir *
open_dir(struct todo_group *g, const struct todo_work *w, enum queue_kind kind,
    uint64_t id)
{
	struct queue_path path = queue_path_dir(&w->layout, kind, id);
	uint64_t sub = sub_of(w, kind, id);
	struct todo_dir *d =
	    &g->dir[((uint64_t)kind * w->layout.split + sub) % TODO_GROUP_DIRS];

	if (d->fd != -1 && d->kind == kind && d->sub == sub)
		return d;
	fd_close(&d->fd);
	d->kind = kind;
	d->sub = sub;
	d->fd = openat(w->queue, path.text, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (d->fd == -1 && (errno == EMFILE || errno == ENFILE)) {
		close_dirs(g);
		d->fd = openat(w->queue, path.text,
		    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	}
	return d->fd == -1 ? NULL : d;
}

static enum todo_result
sync_dir(struct todo_group *g, struct todo_work *w, enum queue_kind kind,
    uint64_t id)
{
	struct queue_path path = queue_path_dir(&w->layout, kind, id);
	const struct todo_dir *d = open_dir(g, w, kind, id);
	enum todo_result result;

	if (d != NULL && fsync(d->fd) == 0)
		return TODO_READY;
	result = todo_result_from(errno);
	todo_warn(w, "trouble fsyncing ", path.text);
	return result;
}

/* ---- steps --------------------------------------------------------------- */

/* Lets the disk begin with all files before we wait for the first. */
static void
start_writeback(const struct todo_entry *entry)
{
	for (int kind = 0; kind < QUEUE_KINDS; kind++) {
		/* a hint: the sync that follows is what counts */
		if (entry->fd[kind] != -1)
			(void)sync_file_range(entry->fd[kind], 0, 0,
			    SYNC_FILE_RANGE_WRITE);
	}
}

static void
sync_files(struct todo_entry *entry, struct todo_work *w)
{
	for (int kind = 0; kind < QUEUE_KINDS; kind++) {
		struct queue_path path =
		    queue_path(&w->layout, (enum queue_kind)kind, entry->id);

		if (entry->fd[kind] == -1 || fsync(entry->fd[kind]) == 0)
			continue;
		entry->result = todo_result_from(errno);
		todo_warn(w, "trouble fsyncing ", path.text);
		return;
	}
}

/* Each directory once, however many of the entries are in it. */
static const struct todo_synced *
sync_dir_once(struct todo_group *g, struct todo_work *w, enum queue_kind kind,
    uint64_t id)
{
	uint64_t sub = sub_of(w, kind, id);
	struct todo_synced *s = g->synced;

	while (
	    s < g->synced + g->n_synced && (s->kind != kind || s->sub != sub))
		s++;
	if (s == g->synced + g->n_synced) {
		g->n_synced++;
		s->kind = kind;
		s->sub = sub;
		s->result = sync_dir(g, w, kind, id);
	}
	return s;
}

static void
sync_dirs_of(struct todo_group *g, struct todo_entry *entry,
    struct todo_work *w)
{
	for (int kind = 0; kind < QUEUE_KINDS; kind++) {
		const struct todo_synced *s;

		if (!entry->dirty[kind])
			continue;
		s = sync_dir_once(g, w, (enum queue_kind)kind, entry->id);
		if (s->result != TODO_READY)
			entry->result = s->result;
	}
}

/* File by file. */
static void
sync_each(struct todo_group *g, struct todo_work *w)
{
	for (size_t i = 0; g->n > 1 && i < g->n; i++)
		start_writeback(&g->entry[i]);
	for (size_t i = 0; i < g->n; i++)
		sync_files(&g->entry[i], w);
	g->n_synced = 0;
	for (size_t i = 0; i < g->n; i++) {
		if (g->entry[i].result == TODO_READY)
			sync_dirs_of(g, &g->entry[i], w);
	}
}

static void
sync_all(struct todo_group *g, struct todo_work *w)
{
	if (!todo_sync_whole(&g->sync, w->queue, g->n))
		sync_each(g, w);
	for (size_t i = 0; i < g->n; i++) {
		if (g->entry[i].result == TODO_READY)
			todo_entry_close(&g->entry[i]);
		else
			todo_entry_undo(&g->entry[i], w);
	}
}

/* Returns the number of requests; 0 with TODO_HALT everywhere without memory.
 */
static size_t
put_requests(struct todo_group *g, struct todo_work *w, struct str *requests)
{
	size_t n = 0;

	for (size_t i = 0; i < g->n; i++) {
		struct clean_msg m = {.verb = CLEAN_TODO,
		    .id = g->entry[i].id,
		    .has_sub = w->layout.split_todo,
		    .sub = sub_of(w, QUEUE_TODO, g->entry[i].id)};

		if (g->entry[i].result != TODO_READY)
			continue;
		clean_msg_put(requests, &m);
		n++;
	}
	if (str_ok(requests))
		return n;
	todo_alert(w, "out of memory, sleeping...", "", "");
	for (size_t i = 0; i < g->n; i++) {
		todo_entry_undo(&g->entry[i], w);
		g->entry[i].result = TODO_HALT;
	}
	return 0;
}

static void
judge_answers(struct todo_group *g, struct todo_work *w, const char *answers)
{
	for (size_t i = 0; i < g->n; i++) {
		struct queue_path path =
		    queue_path(&w->layout, QUEUE_TODO, g->entry[i].id);

		if (g->entry[i].result != TODO_READY ||
		    *answers++ == CLEAN_ANSWER_DONE)
			continue;
		g->entry[i].result = TODO_TROUBLE;
		todo_warn(w, "qmail-clean unable to clean up ", path.text);
	}
}

/* Asks for all, then collects all answers: one turn of qmail-clean instead of
 * one for each message. Once asked, the files are never removed again: an
 * answer that is bad or missing does not mean that todo/ID is still there. */
static bool
clean_all(struct todo_group *g, struct todo_work *w)
{
	struct str requests = {0};
	char answers[TODO_GROUP_MAX];
	size_t n = put_requests(g, w, &requests);
	bool ok = true;

	if (n > 0)
		ok = w->host.clean(w->host.self, str_span(&requests), n,
		    answers);
	str_free(&requests);
	if (ok && n > 0)
		judge_answers(g, w, answers);
	return ok;
}

/* Before the first delivery: otherwise a power cut could bring todo/ID back and
 * with it every recipient. A failure cannot undo the removal, so the messages
 * go on all the same. */
static void
sync_todo(struct todo_group *g, struct todo_work *w)
{
	bool done[TODO_GROUP_MAX] = {false};

	for (size_t i = 0; i < g->n; i++) {
		uint64_t sub = sub_of(w, QUEUE_TODO, g->entry[i].id);

		if (done[i] || g->entry[i].result != TODO_READY)
			continue;
		(void)sync_dir(g, w, QUEUE_TODO, g->entry[i].id);
		for (size_t j = i; j < g->n; j++) {
			if (sub_of(w, QUEUE_TODO, g->entry[j].id) == sub)
				done[j] = true;
		}
	}
}

bool
todo_group_commit(struct todo_group *g, struct todo_work *w)
{
	sync_all(g, w);
	if (!clean_all(g, w))
		return false;
	sync_todo(g, w);
	for (size_t i = 0; i < g->n; i++) {
		const struct todo_entry *entry = &g->entry[i];

		if (entry->result == TODO_READY)
			w->host.message(w->host.self, entry->id,
			    entry->made[QUEUE_LOCAL],
			    entry->made[QUEUE_REMOTE]);
	}
	return true;
}
