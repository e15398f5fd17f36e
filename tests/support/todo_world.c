/* SPDX-License-Identifier: ISC */
#include "tests/support/todo_world.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "qmail/clean_msg.h"
#include "tests/support/queue.h"

/* ---- the host ------------------------------------------------------------ */

static void
host_log(void *self, const struct log_record *r)
{
	struct todo_world *w = self;

	log_record_put(&w->log, r);
	w->log.failed = false; /* a fault was meant for somebody else */
}

static void
host_message(void *self, uint64_t id, bool local, bool remote)
{
	struct todo_world *w = self;

	ck_assert(!world_has(w, QUEUE_TODO, id));
	w->reports[id]++;
	w->local[id] = local;
	w->remote[id] = remote;
}

static bool
host_clean(void *self, struct span requests, size_t n, char *answers)
{
	struct todo_world *w = self;
	struct clean_msg m;
	struct span one;

	w->cleanings++;
	for (size_t i = 0; i < n; i++) {
		ck_assert(span_take_nul(&requests, &one));
		ck_assert(clean_msg_parse(one, &m));
		ck_assert_int_eq(m.verb, CLEAN_TODO);
		ck_assert_int_eq(m.has_sub, w->p.work.layout.split_todo);
		ck_assert(world_has(w, QUEUE_INFO, m.id));
		answers[i] = w->answer;
		if (w->answer != '+')
			continue;
		world_unlink(w, QUEUE_INTD, m.id);
		world_unlink(w, QUEUE_TODO, m.id);
	}
	ck_assert_uint_eq(requests.n, 0);
	return w->answer != 0;
}

/* ---- the world ----------------------------------------------------------- */

static struct constmap
locals(void)
{
	static const struct hash_seed seed = {{5, 6}};
	struct str entries = {0};
	struct constmap m;

	str_put(&entries, SPAN("local.example\0"));
	ck_assert_int_eq(constmap_init(&m, &entries, CONSTMAP_PLAIN, &seed), 0);
	return m;
}

static void
open_preprocess(struct todo_world *w)
{
	struct todo_work work = {.queue = w->queue,
	    .route = &w->route,
	    .who = "",
	    .host = {w, host_log, host_message, host_clean}};
	struct err e;

	ck_assert_int_eq(queue_layout_detect(w->queue, &work.layout, &e), 0);
	preprocess_open(&w->p, &work);
}

void
world_begin(struct todo_world *w, bool split_todo)
{
	const struct queue_layout layout = {.split = WORLD_SPLIT,
	    .split_todo = split_todo};

	w->queue = open_tmp_dir();
	w->answer = '+';
	w->route.locals = locals();
	queue_make(w->queue, &layout);
	ck_assert_int_eq(mkfifoat(w->queue, "lock/trigger", 0622), 0);
	open_preprocess(w);
}

void
world_end(struct todo_world *w)
{
	preprocess_close(&w->p);
	route_free(&w->route);
	str_free(&w->log);
}

bool
world_has(const struct todo_world *w, enum queue_kind kind, uint64_t id)
{
	struct queue_path path = queue_path(&w->p.work.layout, kind, id);

	return faccessat(w->queue, path.text, F_OK, 0) == 0;
}

void
world_put(const struct todo_world *w, enum queue_kind kind, uint64_t id,
    struct span bytes)
{
	queue_put_file(w->queue, &w->p.work.layout, kind, id, bytes);
}

void
world_check(const struct todo_world *w, enum queue_kind kind, uint64_t id,
    struct span want)
{
	struct queue_path path = queue_path(&w->p.work.layout, kind, id);
	struct str got = {0};
	struct err e;

	if (want.p == NULL) {
		ck_assert_msg(!world_has(w, kind, id), "%s exists", path.text);
		return;
	}
	ck_assert_msg(file_load(w->queue, path.text, 1 << 20, &got, &e) == 0,
	    "%s", e.text);
	ck_span(str_span(&got), want, path.text);
	str_free(&got);
}

void
world_unlink(const struct todo_world *w, enum queue_kind kind, uint64_t id)
{
	struct queue_path path = queue_path(&w->p.work.layout, kind, id);

	ck_assert(unlinkat(w->queue, path.text, 0) == 0 || errno == ENOENT);
}

void
world_submit(const struct todo_world *w, uint64_t id, struct span todo)
{
	world_put(w, QUEUE_MESS, id, SPAN("hello\n"));
	world_put(w, QUEUE_INTD, id, todo);
	world_put(w, QUEUE_TODO, id, todo);
}

void
world_turns(struct todo_world *w, int64_t now, int n)
{
	for (int i = 0; i < n; i++)
		ck_assert_int_eq(preprocess_turn(&w->p, now, PREPROCESS_GROUP),
		    0);
}

bool
world_log_has(const struct todo_world *w, struct span line)
{
	return w->log.n >= line.n &&
	       memmem(w->log.p, w->log.n, line.p, line.n) != NULL;
}

void
world_check_not_lost(const struct todo_world *w, uint64_t id)
{
	if (world_has(w, QUEUE_TODO, id)) {
		ck_assert_uint_eq(w->reports[id], 0);
		return;
	}
	ck_assert_uint_eq(w->reports[id], 1);
	world_check(w, QUEUE_INFO, id, SPAN("Fann@a.example\0"));
	world_check(w, QUEUE_LOCAL, id, SPAN("Tjoe@local.example\0"));
	world_check(w, QUEUE_REMOTE, id, SPAN("Tbob@r.example\0"));
}
