/* SPDX-License-Identifier: ISC */
#include "mta/send/send_todo.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>

#include "base/fd.h"
#include "mta/send/send.h"
#include "qmail/todo_msg.h"

enum {
	READ_BYTES = 65536,
	CLASSIC_GROUP = 8, /* preprocessed in one turn */
};

/* A message was preprocessed. False without memory. */
static bool
add_message(struct send *s, uint64_t id, bool local, bool remote)
{
	return send_load_add(s, id, (const bool[2]){local, remote},
	    (const int64_t[2]){s->now, s->now}, 0, true);
}

/* ---- qmail-todo ---------------------------------------------------------- */

int
send_todo_open_wide(struct send *s, int to, int from)
{
	s->todo = (struct send_todo){.wide = true, .to = to, .from = from};
	return fd_set_nonblocking(to) == 0 ? fd_set_nonblocking(from) : -1;
}

/* The pipe has room for many thousands of these bytes, so a write that fails
 * means that qmail-todo is gone; reading will tell. */
static void
tell(struct send *s, char what)
{
	if (fd_write_full(s->todo.to, &what, 1) == -1)
		return;
}

static void
lose(struct send *s)
{
	struct send_todo *t = &s->todo;
	bool expected = t->stopped;

	t->over = t->stopped = true;
	if (expected)
		return;
	send_log_alert(&s->log, "oh no! lost qmail-todo connection! dying...");
	send_exit_asap(s);
}

/* False when it has to be handled again later. */
static bool
take_record(struct send *s, struct span record)
{
	struct todo_msg m;

	todo_msg_parse(record, &m);
	switch (m.kind) {
	case TODO_MSG_LOG:
		send_log_line(&s->log, m.line);
		break;
	case TODO_MSG_MESSAGE:
		if (add_message(s, m.id, m.local, m.remote))
			break;
		send_log_alert(&s->log, "out of memory, sleeping...");
		s->todo.pause_until = s->now + SEND_PAUSE;
		return false;
	case TODO_MSG_STOPPED:
		s->todo.over = s->todo.stopped = true;
		break;
	case TODO_MSG_BAD:
		send_log_warning(&s->log,
		    "qmail-send unable to understand qmail-todo: report "
		    "mangled");
		break;
	}
	return true;
}

static void
take_records(struct send *s)
{
	struct send_todo *t = &s->todo;
	struct span rest = span_from(str_span(&t->in), t->in_at), record;

	while (span_take_nul(&rest, &record)) {
		if (!take_record(s, record))
			return;
		t->in_at = t->in.n - rest.n;
	}
}

static void
compact(struct send_todo *t)
{
	size_t left = t->in.n - t->in_at;

	if (left > 0)
		memmove(t->in.p, t->in.p + t->in_at, left);
	/* a record that long has no end: what it keeps is not understood */
	str_cut(&t->in, left < TODO_RECORD_MAX ? left : TODO_RECORD_MAX);
	t->in_at = 0;
}

static void
read_records(struct send *s)
{
	struct send_todo *t = &s->todo;
	char *room;
	ssize_t n;

	compact(t);
	room = str_room(&t->in, READ_BYTES);
	if (room == NULL) {
		t->in.failed = false;
		t->pause_until = s->now + SEND_PAUSE;
		return;
	}
	n = fd_read_some(t->from, room, READ_BYTES);
	if (n > 0) {
		str_added(&t->in, (size_t)n);
		take_records(s);
	} else if (n == 0 || errno != EAGAIN) {
		lose(s);
	}
}

/* ---- preprocessing by ourselves ------------------------------------------ */

static void
host_log(void *self, const struct log_record *r)
{
	struct send *s = self;

	send_log_record(&s->log, r);
}

static void
host_message(void *self, uint64_t id, bool local, bool remote)
{
	struct send *s = self;

	if (add_message(s, id, local, remote))
		return;
	/* it is safe in the queue, but we cannot remember it: come again */
	send_log_alert(&s->log, "out of memory, dying...");
	send_exit_asap(s);
}

/* What was asked before is answered before. */
static bool
host_clean(void *self, struct span requests, size_t n, char *answers)
{
	struct send *s = self;

	while (!s->clean.lost && send_clean_waiting(&s->clean) > 0) {
		struct pollfd p = {.fd = s->clean.from, .events = POLLIN};

		if (send_clean_flush(&s->clean) == -1)
			send_lose_clean(s);
		else if (poll(&p, 1,
		             send_clean_has_output(&s->clean) ? 1 : -1) > 0)
			send_end_read_clean(s);
	}
	return !s->clean.lost &&
	       send_clean_exchange(&s->clean, requests, n, answers);
}

int
send_todo_open_classic(struct send *s)
{
	const struct todo_work work = {
	    .queue = s->queue,
	    .layout = s->layout,
	    .route = &s->config.route,
	    .who = "",
	    .host = {s, host_log, host_message, host_clean},
	};

	s->todo = (struct send_todo){.to = -1, .from = -1};
	s->todo.pre = malloc(sizeof(*s->todo.pre));
	if (s->todo.pre == NULL)
		return -1;
	preprocess_open(s->todo.pre, &work);
	return 0;
}

static void
preprocess(struct send *s)
{
	if (preprocess_wake(s->todo.pre, s->now) > 0)
		return;
	if (preprocess_turn(s->todo.pre, s->now, CLASSIC_GROUP) == -1)
		send_lose_clean(s);
}

/* ---- both ---------------------------------------------------------------- */

static bool
is_open(const struct send *s)
{
	return s->todo.started && !s->todo.over;
}

void
send_todo_start(struct send *s)
{
	if (s->todo.started || s->todo.stopped)
		return;
	s->todo.started = true;
	if (s->todo.wide)
		tell(s, TODO_START);
}

int
send_todo_fd(const struct send *s)
{
	if (s->todo.wide)
		return s->todo.over || s->now < s->todo.pause_until
		           ? -1
		           : s->todo.from;
	return is_open(s) ? preprocess_fd(s->todo.pre) : -1;
}

void
send_todo_read(struct send *s)
{
	if (s->todo.wide)
		read_records(s);
	else
		preprocess_pulled(s->todo.pre);
}

void
send_todo_run(struct send *s)
{
	if (!is_open(s))
		return;
	if (!s->todo.wide)
		preprocess(s);
	else if (s->todo.pause_until != 0 && s->now >= s->todo.pause_until) {
		s->todo.pause_until = 0;
		take_records(s);
	}
}

int64_t
send_todo_wake(const struct send *s)
{
	if (!is_open(s))
		return INT64_MAX;
	if (!s->todo.wide)
		return s->now + preprocess_wake(s->todo.pre, s->now);
	return s->todo.pause_until == 0 ? INT64_MAX : s->todo.pause_until;
}

void
send_todo_hup(struct send *s)
{
	if (s->todo.wide && !s->todo.over)
		tell(s, TODO_HUP);
}

/* One that was never started stops as well as one that was. */
void
send_todo_stop(struct send *s)
{
	struct send_todo *t = &s->todo;

	if (t->stopped)
		return;
	t->stopped = true;
	if (t->wide)
		tell(s, TODO_STOP);
	else
		t->over = true;
}

void
send_todo_free(struct send *s)
{
	if (s->todo.pre != NULL)
		preprocess_close(s->todo.pre);
	free(s->todo.pre);
	str_free(&s->todo.in);
	s->todo = (struct send_todo){0};
}
