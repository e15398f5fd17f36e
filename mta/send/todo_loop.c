/* SPDX-License-Identifier: ISC */
#include "mta/send/todo_loop.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/file.h"
#include "qmail/todo_msg.h"

static const char who[] = "qmail-todo: ";

enum {
	FROM_SEND = 0,
	TO_SEND = 1,
	TO_CLEAN = 3,
	FROM_CLEAN = 4,

	EXIT_LOST = 111,
	/* Room that is always kept for the records of one group: a message
	 * that qmail-send is not told of would wait for the next start. */
	REPORT_BYTES = TODO_GROUP_MAX * 32,
	OUT_MAX = 256 * 1024, /* waiting for qmail-send: then we wait too */
	LINE_MAX = TODO_RECORD_MAX - 2, /* without letter and NUL */
	POLL_FAILED_NS = 100 * 1000 * 1000,
};

/* ---- records for qmail-send ---------------------------------------------- */

static bool
has_room(struct str *s, size_t n)
{
	if (str_room(s, n) != NULL)
		return true;
	s->failed = false; /* what is in it stays good */
	return false;
}

/* Only without memory a line is dropped. */
static void
put_line(struct todo_loop *l, struct span line)
{
	struct todo_msg m = {.kind = TODO_MSG_LOG, .line = line};

	if (has_room(&l->out, line.n + 2 + REPORT_BYTES))
		todo_msg_put(&l->out, &m);
}

static void
host_log(void *self, const struct log_record *r)
{
	struct todo_loop *l = self;

	str_reset(&l->line);
	log_record_put(&l->line, r);
	if (str_ok(&l->line) && l->line.n > LINE_MAX) {
		str_cut(&l->line, LINE_MAX - 1);
		str_putc(&l->line, '\n');
	}
	if (str_ok(&l->line))
		put_line(l, str_span(&l->line));
}

static void
host_message(void *self, uint64_t id, bool local, bool remote)
{
	struct todo_loop *l = self;
	struct todo_msg m = {.kind = TODO_MSG_MESSAGE,
	    .id = id,
	    .local = local,
	    .remote = remote};

	todo_msg_put(&l->out, &m); /* into the room that is kept */
}

static bool
host_clean(void *self, struct span requests, size_t n, char *answers)
{
	(void)self;
	return todo_clean_exchange(TO_CLEAN, FROM_CLEAN, requests, n, answers);
}

static void
end_with(struct todo_loop *l, int exit_code)
{
	l->ending = true;
	l->exit_code = exit_code;
}

/* qmail-send is gone: nobody is left to be told anything. */
static void
give_up(struct todo_loop *l, int exit_code)
{
	end_with(l, exit_code);
	str_reset(&l->out);
	l->sent = 0;
}

static void
flush(struct todo_loop *l)
{
	if (fd_flush(TO_SEND, &l->out, &l->sent) == -1)
		give_up(l, EXIT_LOST);
}

/* ---- commands of qmail-send ---------------------------------------------- */

static void
reload(struct todo_loop *l)
{
	static const char *const texts[] = {
	    [ROUTE_RELOADED] = NULL,
	    [ROUTE_KEPT_LOCALS] = "unable to reread control/locals",
	    [ROUTE_KEPT_VIRTUALDOMAINS] =
	        "unable to reread control/virtualdomains",
	};
	struct err e;
	const char *text = texts[route_reload(&l->route, &l->control, &e)];

	if (text != NULL)
		todo_alert(&l->pre.work, text, "", "");
}

static void
stop(struct todo_loop *l)
{
	struct todo_msg stopped = {.kind = TODO_MSG_STOPPED};

	if (l->ending)
		return;
	put_line(l, SPAN("status: qmail-todo stop processing asap\n"));
	todo_msg_put(&l->out, &stopped);
	end_with(l, 0);
}

static void
obey(struct todo_loop *l, char command)
{
	switch (command) {
	case TODO_START:
		l->started = true;
		break;
	case TODO_HUP:
		reload(l);
		break;
	case TODO_STOP:
		stop(l);
		break;
	default:
		break; /* a newer qmail-send may say more */
	}
}

static void
read_commands(struct todo_loop *l)
{
	char bytes[64];
	ssize_t n = fd_read_some(FROM_SEND, bytes, sizeof(bytes));

	if (n == 0)
		give_up(l, 0);
	else if (n == -1 && errno != EAGAIN)
		give_up(l, EXIT_LOST);
	for (ssize_t i = 0; i < n; i++)
		obey(l, bytes[i]);
}

/* ---- the loop ------------------------------------------------------------ */

static bool
may_work(const struct todo_loop *l)
{
	return l->started && !l->ending && l->out.n - l->sent < OUT_MAX;
}

static void
work(struct todo_loop *l, int64_t now)
{
	/* without memory for the reports: later */
	if (!may_work(l) || !has_room(&l->out, REPORT_BYTES))
		return;
	if (preprocess_turn(&l->pre, now, PREPROCESS_GROUP) == 0)
		return;
	todo_alert(&l->pre.work, "oh no! lost qmail-clean connection! dying...",
	    "", "");
	end_with(l, EXIT_LOST);
}

static int
timeout_ms(const struct todo_loop *l, int64_t now)
{
	/* never more than the interval of scans: it fits an int */
	return may_work(l) ? (int)(1000 * preprocess_wake(&l->pre, now)) : -1;
}

/* The only sleep: poll itself refuses, so there is nothing to wait with. */
static void
poll_failed(void)
{
	struct timespec t = {.tv_nsec = POLL_FAILED_NS};

	(void)nanosleep(&t, NULL);
}

static void
turn(struct todo_loop *l)
{
	bool pending = l->sent < l->out.n;
	struct pollfd fds[] = {
	    {.fd = FROM_SEND, .events = POLLIN},
	    {.fd = TO_SEND, .events = pending ? POLLOUT : 0},
	    {.fd = may_work(l) ? preprocess_fd(&l->pre) : -1, .events = POLLIN},
	};
	int n = poll(fds, sizeof(fds) / sizeof(fds[0]),
	    timeout_ms(l, clock_seconds()));

	if (n == -1) {
		if (errno != EINTR)
			poll_failed();
		return;
	}
	if ((fds[1].revents & (POLLERR | POLLNVAL)) != 0) {
		give_up(l, EXIT_LOST);
		return;
	}
	if (fds[0].revents != 0)
		read_commands(l);
	if (fds[2].revents != 0)
		preprocess_pulled(&l->pre);
	work(l, clock_seconds());
	flush(l);
}

int
todo_loop_run(struct todo_loop *l)
{
	while (!l->ending || l->sent < l->out.n)
		turn(l);
	return l->exit_code;
}

/* ---- start and end ------------------------------------------------------- */

static int
load_controls(struct todo_loop *l, struct err *e)
{
	struct hash_seed seed;

	if (hash_seed_make(&seed) == -1)
		return err_sys(e, "get", "random bytes");
	if (control_open(&l->control, AT_FDCWD, e) == -1)
		return -1;
	return route_load(&l->route, &l->control, &seed, e);
}

int
todo_loop_open(struct todo_loop *l, struct err *e)
{
	struct todo_work w = {.who = who,
	    .microseconds = clock_microseconds,
	    .host = {l, host_log, host_message, host_clean}};

	*l = (struct todo_loop){.queue = -1};
	if (load_controls(l, e) == -1)
		return -1;
	l->queue = file_open_dir(AT_FDCWD, "queue", e);
	if (l->queue == -1 || queue_layout_detect(l->queue, &w.layout, e) == -1)
		return -1;
	if (fd_set_nonblocking(TO_SEND) == -1)
		return err_sys(e, "prepare", "descriptor 1");
	if (!has_room(&l->out, REPORT_BYTES))
		return err_set(e, ERR_LIMIT, "out of memory");
	w.queue = l->queue;
	w.route = &l->route;
	preprocess_open(&l->pre, &w);
	return 0;
}

void
todo_loop_close(struct todo_loop *l)
{
	preprocess_close(&l->pre);
	fd_close(&l->queue);
	route_free(&l->route);
	control_close(&l->control);
	str_free(&l->line);
	str_free(&l->out);
}
