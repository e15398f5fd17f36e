/* SPDX-License-Identifier: ISC */
#include "qmail/spawn_loop.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/ascii.h"
#include "base/clock.h"
#include "base/fd.h"
#include "base/proc.h"
#include "base/sig.h"
#include "qmail/spawn_slots.h"

enum {
	GRACE_MS = 2000, /* for what a dead child left behind */
	WAIT_TRIES = 3,
	COMMAND_MAX = 65536,
	COMMAND_CHUNK = 4096,
	OUTPUT_CHUNK = 65536, /* all that a pipe can hold */
	REPORT_ROOM = 16384,  /* more than SPAWN_REPORT_MAX */
	EVENTS = 64,
	FDS_RESERVED = 16,  /* beside one for each delivery */
	CHILD_FAILED = 111, /* deferred by both families */
};

/* What an event is about, beside slot numbers. */
static const uint32_t about_commands = UINT32_MAX;
static const uint32_t about_children = UINT32_MAX - 1;

struct loop {
	const struct spawn_loop *with;
	struct spawn_slots slots;
	struct rlimit files; /* as it was, for the children */
	bool files_raised;
	int epoll;
	int children; /* signalfd of SIGCHLD */
	struct str in;
	bool ended;    /* no more commands */
	bool is_file;  /* commands come from what epoll cannot watch */
	bool mute;     /* nobody reads the reports any more */
	unsigned skip; /* NULs up to the end of a command that is too long */
	unsigned skipped_delivery;
	struct str out, report;
	char *chunk; /* OUTPUT_CHUNK bytes */
};

bool
spawn_loop_is_wide(const char *arg)
{
	/* the mark must be in the file of every program that can do this */
	return arg != NULL && spawn_wide_mark[0] != '\0' &&
	       strcmp(arg, SPAWN_WIDE_ARG) == 0;
}

/* ---- reports --------------------------------------------------------------
 */

static void
stop_commands(struct loop *l)
{
	if (!l->ended && !l->is_file)
		(void)epoll_ctl(l->epoll, EPOLL_CTL_DEL, STDIN_FILENO, NULL);
	l->ended = true;
}

/* Without a reader running deliveries go on, unheard. Where there is one that
 * cannot be told, it must learn of it, by our end. */
static void
lose_reader(struct loop *l)
{
	l->mute = true;
	if (errno != EPIPE)
		stop_commands(l);
}

static void
write_out(struct loop *l)
{
	struct span rest = str_span(&l->out);

	while (!l->mute && rest.n > 0) {
		ssize_t put = write(STDOUT_FILENO, rest.p, rest.n);
		struct pollfd ready = {STDOUT_FILENO, POLLOUT, 0};

		if (put >= 0)
			rest = span_from(rest, (size_t)put);
		else if (errno == EAGAIN)
			(void)poll(&ready, 1, -1);
		else if (errno != EINTR)
			lose_reader(l);
	}
}

/* letter_text: "Ztext (#x.y.z)\n" */
static void
answer(struct loop *l, unsigned delivery, struct span letter_text)
{
	struct spawn_report r = {.delivery = delivery,
	    .letter = letter_text.p[0],
	    .text = span_from(letter_text, 1)};

	/* there is room since the start: see open_loop() */
	str_reset(&l->out);
	spawn_report_put(&l->out, l->with->wide, &r);
	write_out(l);
}

static void
finish(struct loop *l, struct spawn_slot *slot)
{
	unsigned delivery = spawn_slots_number(&l->slots, slot);
	struct spawn_result result = {.status = slot->status, .cut = slot->cut};

	fd_close(&slot->fd);
	if (str_ok(&slot->output))
		result.output = str_span(&slot->output);
	else
		result.cut = true;
	str_reset(&l->report);
	/* one that was done at the last moment has not failed */
	if (slot->timed_out && slot->status != 0)
		str_put_cstr(&l->report,
		    "ZThe delivery took too long and was stopped. (#4.3.0)\n");
	else
		l->with->family->report(&result, &l->report);
	if (str_ok(&l->report) && l->report.n > 0)
		answer(l, delivery, str_span(&l->report));
	else
		answer(l, delivery,
		    SPAN("ZOut of memory in the spawner. (#4.3.0)\n"));
	spawn_slots_release(&l->slots, slot);
}

/* ---- children -------------------------------------------------------------
 */

static void
run_child(struct loop *l, int message, int report,
    const struct spawn_command *c)
{
	if (l->with->timeout_s != 0)
		(void)setpgid(0, 0); /* a new child may always do this */
	if (l->files_raised)
		(void)setrlimit(RLIMIT_NOFILE, &l->files); /* lowers */
	if (dup2(message, STDIN_FILENO) == -1 ||
	    dup2(report, STDOUT_FILENO) == -1 ||
	    dup2(report, STDERR_FILENO) == -1)
		_exit(CHILD_FAILED);
	proc_close_from(STDERR_FILENO + 1);
	sig_unblock_all();
	l->with->family->deliver(l->with->arg, c);
	_exit(CHILD_FAILED);
}

static bool
watch_report(struct loop *l, struct spawn_slot *slot)
{
	struct epoll_event ev = {.events = EPOLLIN};

	ev.data.u64 = (uint64_t)slot->generation << 32 |
	              spawn_slots_number(&l->slots, slot);
	return epoll_ctl(l->epoll, EPOLL_CTL_ADD, slot->fd, &ev) == 0;
}

/* False, with nothing left behind, when the system has no more room. */
static bool
start_child(struct loop *l, struct spawn_slot *slot, int message,
    const struct spawn_command *c)
{
	int report[2];
	pid_t pid;

	if (fd_pipe(report) == -1)
		return false;
	slot->fd = report[0];
	pid = watch_report(l, slot) ? fork() : -1;
	if (pid == 0)
		run_child(l, message, report[1], c);
	fd_close(&report[1]);
	if (pid == -1) {
		fd_close(&slot->fd);
		return false;
	}
	spawn_slots_started(&l->slots, slot, pid);
	if (l->with->timeout_s != 0)
		spawn_slots_wait(&l->slots, slot, SPAWN_WAIT_RUN,
		    clock_monotonic_ms() + (int64_t)l->with->timeout_s * 1000);
	return true;
}

static void
keep_output(struct loop *l, struct spawn_slot *slot, size_t n)
{
	size_t room = l->with->family->output_max - slot->output.n;

	if (n > room) {
		slot->cut = true;
		n = room;
	}
	str_put(&slot->output, (struct span){l->chunk, n});
}

static void
read_output(struct loop *l, struct spawn_slot *slot, uint32_t events)
{
	ssize_t got = 0;

	if ((events & EPOLLIN) != 0) {
		got = fd_read_some(slot->fd, l->chunk, OUTPUT_CHUNK);
		if (got > 0)
			keep_output(l, slot, (size_t)got);
	}
	/* behind a hang-up nothing can come after a short read */
	if (got > 0 && ((events & EPOLLHUP) == 0 || got == OUTPUT_CHUNK))
		return;
	fd_close(&slot->fd);
	if (slot->dead)
		finish(l, slot);
}

static void
child_died(struct loop *l, struct spawn_slot *slot)
{
	/* the rest of its group; the number cannot be in use again as long as
	 * one of them lives */
	if (slot->timed_out)
		(void)kill(-slot->pid, SIGKILL);
	if (slot->fd == -1) {
		finish(l, slot);
		return;
	}
	/* usually the end of the pipe is there already; a background process
	 * that holds it open must not hold the slot */
	spawn_slots_wait(&l->slots, slot, SPAWN_WAIT_GRACE,
	    clock_monotonic_ms() + GRACE_MS);
}

static void
reap_children(struct loop *l)
{
	struct signalfd_siginfo info[8];

	/* the signal only says that there is something to wait for */
	if (read(l->children, info, sizeof(info)) == -1 && errno != EAGAIN &&
	    errno != EINTR)
		return;
	while (l->slots.running > 0) {
		struct spawn_slot *slot;
		int status;
		pid_t pid = waitpid(-1, &status, WNOHANG);

		/* nobody would come back for one that is missed now */
		for (int i = 0; i < WAIT_TRIES && pid == -1; i++)
			pid = waitpid(-1, &status, WNOHANG);
		if (pid <= 0)
			return;
		slot = spawn_slots_died(&l->slots, pid, status);
		if (slot != NULL)
			child_died(l, slot);
	}
}

static void
handle_due(struct loop *l, struct spawn_slot *slot, int64_t now)
{
	if (slot->dead) {
		finish(l, slot);
		return;
	}
	/* first a chance to clean up, then the end */
	(void)kill(-slot->pid, slot->timed_out ? SIGKILL : SIGTERM);
	slot->timed_out = true;
	spawn_slots_wait(&l->slots, slot, SPAWN_WAIT_GRACE, now + GRACE_MS);
}

static void
handle_all_due(struct loop *l)
{
	int64_t now, deadline;
	struct spawn_slot *slot;

	if (!spawn_slots_next_deadline(&l->slots, &deadline))
		return;
	now = clock_monotonic_ms();
	while ((slot = spawn_slots_due(&l->slots, now)) != NULL)
		handle_due(l, slot, now);
}

/* ---- commands -------------------------------------------------------------
 */

static bool
is_mess_name(struct span name)
{
	if (name.n == 0 || name.n > SPAWN_MESS_MAX || name.p[0] == '/')
		return false;
	for (size_t i = 0; i < name.n; i++) {
		if (name.p[i] != '/' && !ascii_is_digit(name.p[i]))
			return false;
	}
	return true;
}

/* NULL when the message is fit to be delivered, else the report. */
static const char *
open_message(struct loop *l, const char *name, int *fd)
{
	struct stat st;

	/* non-blocking: a FIFO must not hang us */
	*fd = openat(l->with->mess_dir, name,
	    O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (*fd == -1)
		return "ZThe message file cannot be opened. (#4.3.0)\n";
	if (fstat(*fd, &st) == -1)
		return "ZThe message file cannot be examined. (#4.3.0)\n";
	if (!S_ISREG(st.st_mode))
		return "ZThe message is not a regular file. (#4.3.5)\n";
	if (st.st_uid != l->with->message_owner)
		return "ZThe message file has the wrong owner. (#4.3.5)\n";
	return NULL;
}

/* NULL when the delivery has been started, else the report. */
static const char *
start_delivery(struct loop *l, struct spawn_slot *slot,
    const struct spawn_command *c)
{
	const char *trouble;
	int message = -1;

	if (!is_mess_name(c->mess))
		return "DThis is not the name of a message. (#5.3.5)\n";
	if (span_rfind(c->recipient, '@') == c->recipient.n)
		return "DThe recipient has no domain. (#5.1.3)\n";
	trouble = open_message(l, c->mess.p, &message);
	if (trouble == NULL && !start_child(l, slot, message, c))
		trouble = "ZNo process could be started. (#4.3.0)\n";
	fd_close(&message);
	return trouble;
}

static void
handle_command(struct loop *l, const struct spawn_command *c)
{
	struct spawn_slot *slot = spawn_slots_take(&l->slots, c->delivery);
	const char *trouble;

	if (slot == NULL) {
		answer(l, c->delivery,
		    SPAN("ZThe delivery number is not free. (#4.3.5)\n"));
		return;
	}
	trouble = start_delivery(l, slot, c);
	if (trouble == NULL)
		return;
	spawn_slots_release(&l->slots, slot);
	answer(l, c->delivery, span_cstr(trouble));
}

/* A command longer than any argument of a program can be is read to its end
 * and deferred. */
static void
begin_skip(struct loop *l)
{
	struct span text = str_span(&l->in), item;
	struct spawn_command c = {0};
	size_t number = l->with->wide ? 2 : 1;

	c.delivery = (unsigned char)text.p[0];
	if (l->with->wide)
		c.delivery |= (unsigned)(unsigned char)text.p[1] << 8;
	l->skipped_delivery = c.delivery;
	text = span_from(text, number);
	for (l->skip = 3; span_take_nul(&text, &item); l->skip--)
		;
	str_reset(&l->in);
}

static void
continue_skip(struct loop *l, struct span *text)
{
	struct span item;

	while (l->skip > 0 && span_take_nul(text, &item)) {
		l->skip--;
		if (l->skip == 0)
			answer(l, l->skipped_delivery,
			    SPAN("ZThe addresses are too long. (#4.3.0)\n"));
	}
	if (l->skip > 0)
		*text = span_from(*text, text->n);
}

static void
handle_commands(struct loop *l)
{
	struct span rest = str_span(&l->in);
	struct spawn_command c;

	continue_skip(l, &rest);
	while (spawn_command_take(&rest, l->with->wide, &c))
		handle_command(l, &c);
	if (rest.n > 0)
		memmove(l->in.p, rest.p, rest.n);
	str_cut(&l->in, rest.n);
	if (l->in.n >= COMMAND_MAX)
		begin_skip(l);
}

static void
read_commands(struct loop *l)
{
	char *to = str_room(&l->in, COMMAND_CHUNK);
	ssize_t got =
	    to == NULL ? 0 : fd_read_some(STDIN_FILENO, to, COMMAND_CHUNK);

	if (got == -1 && errno == EAGAIN)
		return;
	if (got <= 0) {
		stop_commands(l);
		return;
	}
	str_added(&l->in, (size_t)got);
	handle_commands(l);
}

/* ---- the loop -------------------------------------------------------------
 */

static void
handle_event(struct loop *l, const struct epoll_event *ev)
{
	uint32_t number = (uint32_t)ev->data.u64;
	struct spawn_slot *slot;

	if (number == about_commands) {
		if (!l->ended)
			read_commands(l);
	} else if (number == about_children) {
		reap_children(l);
	} else {
		slot = &l->slots.slot[number];
		/* a child that has not come to closing its inheritance can
		 * keep a closed pipe in the set for a moment */
		if (slot->used && slot->fd != -1 &&
		    slot->generation == ev->data.u64 >> 32)
			read_output(l, slot, ev->events);
	}
}

static int
time_to_wait(struct loop *l)
{
	int64_t deadline, left;

	if (l->is_file && !l->ended)
		return 0;
	if (!spawn_slots_next_deadline(&l->slots, &deadline))
		return -1;
	left = deadline - clock_monotonic_ms();
	if (left < 0)
		return 0;
	return left > INT32_MAX ? INT32_MAX : (int)left;
}

static void
serve(struct loop *l)
{
	struct epoll_event ev[EVENTS];

	while (!l->ended || l->slots.used > 0) {
		int n = epoll_wait(l->epoll, ev, EVENTS, time_to_wait(l));

		for (int i = 0; i < n; i++)
			handle_event(l, &ev[i]);
		if (l->is_file && !l->ended)
			read_commands(l);
		handle_all_due(l);
	}
}

static void
ignore_pipe(int signal)
{
	(void)signal;
}

static unsigned
choose_limit(struct loop *l)
{
	unsigned most =
	    l->with->wide ? SPAWN_WIDE_MAX : (unsigned)SPAWN_CLASSIC_MAX;
	struct rlimit now;

	if (getrlimit(RLIMIT_NOFILE, &l->files) == -1)
		return 1;
	now = l->files;
	if (now.rlim_cur < most + FDS_RESERVED) {
		now.rlim_cur = now.rlim_max;
		l->files_raised = now.rlim_cur > l->files.rlim_cur &&
		                  setrlimit(RLIMIT_NOFILE, &now) == 0;
		if (!l->files_raised)
			now = l->files;
	}
	if (now.rlim_cur >= most + FDS_RESERVED)
		return most;
	return now.rlim_cur > FDS_RESERVED
	           ? (unsigned)now.rlim_cur - FDS_RESERVED
	           : 1;
}

static int
watch(struct loop *l, int fd, uint32_t what)
{
	struct epoll_event ev = {.events = EPOLLIN, .data.u64 = what};

	return epoll_ctl(l->epoll, EPOLL_CTL_ADD, fd, &ev);
}

static int
open_events(struct loop *l, struct err *e)
{
	sigset_t set;

	/* a handler, because an ignored signal would stay so after exec */
	sig_catch(SIGPIPE, ignore_pipe);
	sig_default(SIGCHLD);
	sig_block(SIGCHLD);
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	l->children = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	l->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (l->children == -1 || l->epoll == -1 ||
	    watch(l, l->children, about_children) == -1)
		return err_sys(e, "wait for", "children");
	if (watch(l, STDIN_FILENO, about_commands) == 0)
		return 0;
	if (errno != EPERM) /* EPERM: a regular file, always ready */
		return err_sys(e, "wait for", "commands");
	l->is_file = true;
	return 0;
}

/* All memory that commands and reports need, so that neither can fail later. */
static int
reserve(struct loop *l, unsigned limit, struct err *e)
{
	l->chunk = malloc(OUTPUT_CHUNK);
	if (l->chunk != NULL && spawn_slots_init(&l->slots, limit) == 0 &&
	    str_room(&l->in, COMMAND_MAX + COMMAND_CHUNK) != NULL &&
	    str_room(&l->out, REPORT_ROOM) != NULL)
		return 0;
	errno = ENOMEM;
	return err_sys(e, "reserve", "memory");
}

int
spawn_loop_run(const struct spawn_loop *with, struct err *e)
{
	struct loop l = {.with = with, .epoll = -1, .children = -1};
	unsigned limit = choose_limit(&l);
	int rc = -1;

	if (reserve(&l, limit, e) == -1 || open_events(&l, e) == -1)
		goto out;
	spawn_greeting_put(&l.out, with->wide, limit);
	write_out(&l);
	serve(&l);
	rc = 0;
out:
	fd_close(&l.epoll);
	fd_close(&l.children);
	spawn_slots_free(&l.slots);
	str_free(&l.in);
	str_free(&l.out);
	str_free(&l.report);
	free(l.chunk);
	return rc;
}
