/* SPDX-License-Identifier: ISC */
#include "mta/send/send_load.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/fd.h"
#include "base/file.h"
#include "fmt/printable.h"
#include "mta/send/send.h"
#include "mta/send/send_look.h"

enum { TURN_MESSAGES = 128 };

/* ---- names --------------------------------------------------------------- */

/* A growing list of message numbers. */
struct list {
	uint64_t *ids;
	size_t n, cap;
};

static bool
list_add(struct list *l, uint64_t id)
{
	if (!array_grow(&l->ids, &l->cap, l->n + 1, sizeof(*l->ids)))
		return false;
	l->ids[l->n++] = id;
	return true;
}

/* in_sub: NULL where the directory is not split. */
static int
list_entries(const struct send *s, DIR *dir, const uint64_t *in_sub,
    struct list *out)
{
	for (;;) {
		const struct dirent *entry;
		uint64_t id;

		errno = 0;
		entry = readdir(dir);
		if (entry == NULL)
			return errno == 0 ? 0 : -1;
		if (!queue_id_parse(span_cstr(entry->d_name), &id))
			continue;
		/* in the wrong place it does not exist for us */
		if (in_sub != NULL && id % s->layout.split != *in_sub)
			continue;
		if (!list_add(out, id))
			return -1;
	}
}

static int
list_dir(struct send *s, enum queue_kind kind, uint64_t sub, struct list *out)
{
	struct queue_path path = queue_path_dir(&s->layout, kind, sub);
	int fd = file_open_dir(s->queue, path.text, NULL);
	DIR *dir = fd == -1 ? NULL : fdopendir(fd);
	int rc;

	if (dir == NULL) {
		send_log_alert(&s->log, "unable to opendir %s, sleeping...",
		    path.text);
		fd_close(&fd);
		return -1;
	}
	rc = list_entries(s, dir,
	    queue_kind_is_split(&s->layout, kind) ? &sub : NULL, out);
	if (rc == -1 && errno == ENOMEM)
		send_log_alert(&s->log, "out of memory, sleeping...");
	else if (rc == -1)
		send_log_warning(&s->log, "trouble reading %s", path.text);
	(void)closedir(dir); /* only read from */
	return rc;
}

static int
list_kind(struct send *s, enum queue_kind kind, struct list *out)
{
	uint64_t subs =
	    queue_kind_is_split(&s->layout, kind) ? s->layout.split : 1;

	for (uint64_t sub = 0; sub < subs; sub++) {
		if (list_dir(s, kind, sub, out) == -1)
			return -1;
	}
	return 0;
}

static int
compare_ids(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* Removes from info what is in todo: that is preprocessed again, and comes in
 * as a new message. */
static void
drop_todo(struct list *info, struct list *todo)
{
	size_t kept = 0;

	if (todo->n == 0)
		return;
	qsort(todo->ids, todo->n, sizeof(*todo->ids), compare_ids);
	for (size_t i = 0; i < info->n; i++) {
		if (bsearch(&info->ids[i], todo->ids, todo->n,
		        sizeof(*todo->ids), compare_ids) == NULL)
			info->ids[kept++] = info->ids[i];
	}
	info->n = kept;
}

void
send_load_list(struct send *s)
{
	struct list todo = {0}, info = {0};

	if (s->load.listed || s->now < s->load.pause_until)
		return;
	/* todo first: what leaves it meanwhile can only be a message that we
	 * preprocess ourselves, later */
	if (list_kind(s, QUEUE_TODO, &todo) == -1 ||
	    list_kind(s, QUEUE_INFO, &info) == -1) {
		free(info.ids);
		s->load.pause_until = s->now + SEND_PAUSE;
	} else {
		drop_todo(&info, &todo);
		s->load.ids = info.ids;
		s->load.n = info.n;
		s->load.listed = true;
	}
	free(todo.ids);
}

/* ---- messages ------------------------------------------------------------ */

bool
send_load_add(struct send *s, uint64_t id, const bool has[2],
    const int64_t when[2], unsigned flags, bool is_fresh)
{
	struct send_heap *heaps[2];

	if (has[0] && has[1])
		flags |= SEND_MAY_OTHER;
	if (!has[0] && !has[1])
		return send_heap_push(&s->done, send_entry(id, s->now, flags));
	for (int c = 0; c < SEND_CHANNELS; c++)
		heaps[c] =
		    is_fresh ? &s->waiting[c].fresh : &s->waiting[c].waiting;
	if (has[0] && !send_heap_promise(heaps[0]))
		return false;
	if (has[1] && !send_heap_promise(heaps[1])) {
		if (has[0])
			send_heap_release(heaps[0]);
		return false;
	}
	for (int c = 0; c < SEND_CHANNELS; c++) {
		if (has[c])
			send_heap_put_back(heaps[c],
			    send_entry(id, when[c], flags));
	}
	return true;
}

static void
warn_undelivered(struct send *s, uint64_t id, enum queue_kind kind)
{
	struct queue_path path = queue_path(&s->layout, kind, id);
	struct send_pass pass = {
	    .fd = send_file_open(s->queue, path.text, O_RDONLY),
	};
	struct str safe = {0};
	struct span text;

	if (pass.fd == -1)
		return;
	for (;;) {
		enum send_pass_status status = send_pass_peek(&pass, &text);

		if (status == SEND_PASS_TODO) {
			str_reset(&safe);
			logsafe_put(&safe, text);
			send_log_warning(&s->log,
			    "message %" PRIu64 " was not delivered to %s %.*s",
			    id, queue_kind_name(kind), (int)safe.n, safe.p);
		} else if (status != SEND_PASS_DONE) {
			break;
		}
		send_pass_skip(&pass, text);
	}
	str_free(&safe);
	fd_close(&pass.fd);
	send_pass_end(&pass);
}

/* mess is removed last, so a message without it is finished: its other files
 * are leftovers of a crash. Nothing can be delivered or returned any more; what
 * is known about it goes into the log. */
static void
finish_leftover(struct send *s, uint64_t id)
{
	static const enum queue_kind kinds[] = {QUEUE_LOCAL, QUEUE_REMOTE,
	    QUEUE_BOUNCE, QUEUE_INFO};
	struct queue_path info = queue_path(&s->layout, QUEUE_INFO, id);
	struct str sender = {0}, safe = {0};
	int64_t birth;

	if (send_info_load(s->queue, info.text, &sender, &birth) !=
	    SEND_FILE_OK)
		str_reset(&sender);
	logsafe_put(&safe, str_span(&sender));
	send_log_warning(&s->log,
	    "message %" PRIu64 " from <%.*s> has no mess file: removing what "
	    "is left of it",
	    id, (int)safe.n, safe.n == 0 ? "" : safe.p);
	warn_undelivered(s, id, QUEUE_LOCAL);
	warn_undelivered(s, id, QUEUE_REMOTE);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct queue_path path = queue_path(&s->layout, kinds[i], id);

		if (unlinkat(s->queue, path.text, 0) == 0 || errno == ENOENT)
			continue;
		send_log_warning(&s->log, "unable to unlink %s", path.text);
		break;
	}
	str_free(&sender);
	str_free(&safe);
}

/* False without memory. */
static bool
load_message(struct send *s, uint64_t id)
{
	int64_t when[2] = {0, 0};
	enum send_presence mess, todo, chan[2];

	todo = send_look(s, QUEUE_TODO, id, NULL);
	if (todo == SEND_PRESENT)
		return true; /* comes in as a new message */
	mess = send_look(s, QUEUE_MESS, id, NULL);
	if (todo == SEND_ABSENT && mess == SEND_ABSENT) {
		finish_leftover(s, id);
		return true;
	}
	chan[LOG_LOCAL] = send_look(s, QUEUE_LOCAL, id, &when[LOG_LOCAL]);
	chan[LOG_REMOTE] = send_look(s, QUEUE_REMOTE, id, &when[LOG_REMOTE]);
	if (todo == SEND_UNKNOWN || mess == SEND_UNKNOWN ||
	    chan[0] == SEND_UNKNOWN || chan[1] == SEND_UNKNOWN)
		return send_heap_push(&s->load.failed,
		    send_entry(id, s->now + SEND_RETRY, 0));
	for (int c = 0; c < SEND_CHANNELS; c++) {
		if (s->load.all_due && when[c] > s->now)
			when[c] = s->now;
	}
	return send_load_add(s, id,
	    (const bool[2]){chan[0] == SEND_PRESENT, chan[1] == SEND_PRESENT},
	    when, SEND_MAY_BOUNCE, false);
}

static void
pause_load(struct send *s)
{
	send_log_alert(&s->log, "out of memory, sleeping...");
	s->load.pause_until = s->now + SEND_PAUSE;
}

static void
run_failed(struct send *s)
{
	struct send_load *l = &s->load;

	for (int i = 0; i < TURN_MESSAGES; i++) {
		const struct send_entry *first = send_heap_first(&l->failed);
		struct send_entry entry;

		if (first == NULL || send_entry_when(first) > s->now)
			return;
		entry = send_heap_take(&l->failed);
		if (!load_message(s, entry.id)) {
			send_heap_put_back(&l->failed,
			    send_entry(entry.id, s->now + SEND_PAUSE, 0));
			return;
		}
		send_heap_release(&l->failed);
	}
}

void
send_load_run(struct send *s)
{
	struct send_load *l = &s->load;

	send_load_list(s);
	run_failed(s);
	for (int i = 0; i < TURN_MESSAGES; i++) {
		if (l->ids == NULL || l->at == l->n || s->now < l->pause_until)
			break;
		if (!load_message(s, l->ids[l->at])) {
			pause_load(s);
			break;
		}
		l->at++;
	}
	if (l->at == l->n && l->ids != NULL) {
		free(l->ids);
		l->ids = NULL;
		l->n = l->at = 0;
	}
	if (l->listed && l->ids == NULL)
		l->all_due = false;
}

void
send_load_all_due(struct send *s)
{
	s->load.all_due = !s->load.listed || s->load.ids != NULL;
}

int64_t
send_load_wake(const struct send *s)
{
	const struct send_load *l = &s->load;
	const struct send_entry *failed = send_heap_first(&l->failed);

	if (!l->listed || l->at < l->n)
		return s->now < l->pause_until ? l->pause_until : s->now;
	return failed == NULL ? INT64_MAX : send_entry_when(failed);
}

void
send_load_free(struct send *s)
{
	free(s->load.ids);
	send_heap_free(&s->load.failed);
	s->load = (struct send_load){0};
}
