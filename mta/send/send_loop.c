/* SPDX-License-Identifier: ISC */
#include "mta/send/send_loop.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "base/sig.h"
#include "mta/send/send.h"

enum {
	SLEEP_MAX = 86400, /* seconds */
};

static volatile sig_atomic_t term_count, alarm_flag, hup_flag, child_flag;

static void
on_signal(int signal)
{
	switch (signal) {
	case SIGTERM:
		if (term_count < 2)
			term_count++;
		break;
	case SIGALRM:
		alarm_flag = 1;
		break;
	case SIGHUP:
		hup_flag = 1;
		break;
	default:
		child_flag = 1;
	}
}

static const int caught[] = {SIGTERM, SIGALRM, SIGHUP, SIGCHLD};

void
send_loop_catch_signals(void)
{
	sig_ignore(SIGPIPE);
	for (size_t i = 0; i < sizeof(caught) / sizeof(caught[0]); i++) {
		sig_block(caught[i]);
		sig_catch(caught[i], on_signal);
	}
}

/* ---- signals ------------------------------------------------------------- */

static void
reread_controls(struct send *s)
{
	switch (route_reload(&s->config.route, &s->config.control, NULL)) {
	case ROUTE_RELOADED:
		break;
	case ROUTE_KEPT_LOCALS:
		send_log_alert(&s->log, "unable to reread control/locals");
		break;
	case ROUTE_KEPT_VIRTUALDOMAINS:
		send_log_alert(&s->log,
		    "unable to reread control/virtualdomains");
		break;
	}
	send_todo_hup(s);
}

static void
reap_children(struct send *s)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		send_letter_reap(s, pid, status);
}

static void
handle_signals(struct send *s)
{
	if (term_count >= 1)
		send_exit_asap(s);
	if (term_count >= 2)
		s->exit_now = true;
	if (alarm_flag != 0) {
		alarm_flag = 0;
		for (int c = 0; c < SEND_CHANNELS; c++)
			send_heap_all_due(&s->waiting[c].waiting, s->now);
		send_load_all_due(s);
	}
	if (hup_flag != 0) {
		hup_flag = 0;
		reread_controls(s);
	}
	if (child_flag != 0) {
		child_flag = 0;
		reap_children(s);
	}
}

/* ---- waiting ------------------------------------------------------------- */

/* The descriptors of one turn, by what they are for. */
enum {
	WATCH_COMMANDS, /* one for each channel */
	WATCH_REPORTS = WATCH_COMMANDS + SEND_CHANNELS,
	WATCH_CLEAN_OUT = WATCH_REPORTS + SEND_CHANNELS,
	WATCH_CLEAN_IN,
	WATCH_TODO,
	WATCH_LETTERS,
	WATCHES = WATCH_LETTERS + SEND_LETTERS,
};

/* poll passes over negative descriptors. */
static void
watch(struct pollfd *p, int fd, short events, bool wanted)
{
	*p = (struct pollfd){.fd = wanted ? fd : -1, .events = events};
}

static void
watch_all(const struct send *s, struct pollfd fds[WATCHES])
{
	for (int c = 0; c < SEND_CHANNELS; c++) {
		const struct send_channel *ch = &s->channel[c];

		watch(&fds[WATCH_COMMANDS + c], ch->to, POLLOUT,
		    send_channel_has_output(ch));
		watch(&fds[WATCH_REPORTS + c], ch->from, POLLIN, !ch->lost);
	}
	watch(&fds[WATCH_CLEAN_OUT], s->clean.to, POLLOUT,
	    send_clean_has_output(&s->clean));
	watch(&fds[WATCH_CLEAN_IN], s->clean.from, POLLIN, !s->clean.lost);
	watch(&fds[WATCH_TODO], send_todo_fd(s), POLLIN, true);
	for (int i = 0; i < SEND_LETTERS; i++)
		watch(&fds[WATCH_LETTERS + i],
		    send_letter_fd(&s->letters.letters[i]), POLLOUT, true);
}

static int64_t
earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* When there is work that no descriptor announces; garbage can wait. */
static int64_t
next_work(const struct send *s)
{
	int64_t wake = s->exit_asap ? INT64_MAX : send_load_wake(s);

	for (int c = 0; c < SEND_CHANNELS; c++)
		wake = earlier(wake, send_turn_wake(s, (enum log_channel)c));
	wake = earlier(wake, send_end_wake(s));
	wake = earlier(wake, send_letter_wake(s));
	wake = earlier(wake, send_report_wake(s));
	wake = earlier(wake, send_todo_wake(s));
	return s->sync.n > 0 ? earlier(wake, s->sync.deadline) : wake;
}

static int
milliseconds_until(int64_t wake, int64_t now)
{
	if (wake <= now)
		return 0;
	return 1000 * (int)(wake - now < SLEEP_MAX ? wake - now : SLEEP_MAX);
}

/* False when only a signal came, or there was trouble. */
static bool
wait_for_work(struct send *s, struct pollfd fds[WATCHES], int milliseconds)
{
	const struct timespec timeout = {
	    .tv_sec = milliseconds / 1000,
	    .tv_nsec = (long)(milliseconds % 1000) * 1000000,
	};
	sigset_t none;
	int n;

	sigemptyset(&none);
	n = ppoll(fds, WATCHES, &timeout, &none);
	if (n == -1 && errno != EINTR)
		send_log_warning(&s->log, "trouble in select");
	return n != -1;
}

/* ---- work ---------------------------------------------------------------- */

static void
flush_commands(struct send *s)
{
	for (int c = 0; c < SEND_CHANNELS; c++) {
		if (send_channel_has_output(&s->channel[c]) &&
		    send_channel_flush(&s->channel[c]) == -1)
			send_lose_spawner(s, (enum log_channel)c);
	}
	if (send_clean_has_output(&s->clean) &&
	    send_clean_flush(&s->clean) == -1)
		send_lose_clean(s);
}

static void
read_reports(struct send *s, enum log_channel c)
{
	struct spawn_report r;

	if (send_channel_read(&s->channel[c]) == -1) {
		send_lose_spawner(s, c);
		return;
	}
	while (send_channel_next(&s->channel[c], &r))
		send_report_take(s, c, &r);
}

static void
read_all(struct send *s, const struct pollfd fds[WATCHES])
{
	for (int c = 0; c < SEND_CHANNELS; c++) {
		if (fds[WATCH_REPORTS + c].revents != 0)
			read_reports(s, (enum log_channel)c);
	}
	if (fds[WATCH_CLEAN_IN].revents != 0 && !s->clean.lost)
		send_end_read_clean(s);
	if (fds[WATCH_TODO].revents != 0)
		send_todo_read(s);
	for (int i = 0; i < SEND_LETTERS; i++) {
		struct send_letter *l = &s->letters.letters[i];

		if (fds[WATCH_LETTERS + i].revents != 0 &&
		    send_letter_fd(l) == fds[WATCH_LETTERS + i].fd)
			send_letter_write(s, l);
	}
}

/* Deliveries before everything else; then what ends messages, then what brings
 * new ones. */
static void
do_work(struct send *s)
{
	send_report_retry(s);
	for (int c = 0; c < SEND_CHANNELS; c++)
		send_turn_run(s, (enum log_channel)c);
	flush_commands(s);
	send_letter_check(s);
	send_end_run(s);
	if (s->sync.n > 0 && s->now >= s->sync.deadline)
		send_sync_flush(&s->sync);
	if (s->sync.failed != 0) {
		s->sync.failed = 0;
		send_log_warning(&s->log,
		    "trouble fsyncing local and remote files");
	}
	if (!s->exit_asap) {
		send_load_run(s);
		if (s->load.listed)
			send_todo_start(s);
		send_todo_run(s);
	}
	flush_commands(s);
}

/* Nobody waits for a delivery, a notice or the removal of a message. */
static bool
is_time_to_exit(const struct send *s)
{
	if (s->exit_now)
		return true;
	return s->exit_asap && !send_is_delivering(s) && s->letters.n == 0 &&
	       s->todo.over && !send_clean_has_output(&s->clean) &&
	       s->end.n_removed == 0;
}

/* When the clock is set back, what was to happen within seconds or minutes
 * happens now; the schedule of the messages stays. */
static void
read_clock(struct send *s)
{
	int64_t before = s->now;

	s->now = clock_seconds();
	if (s->now >= before)
		return;
	for (int c = 0; c < SEND_CHANNELS; c++)
		s->waiting[c].pause_until = 0;
	send_heap_all_due(&s->done, s->now);
	send_heap_all_due(&s->load.failed, s->now);
	s->load.pause_until = 0;
	s->todo.pause_until = s->todo.pause_until == 0 ? 0 : s->now;
	s->held.again = s->sync.deadline = s->end.sync_at = s->now;
	for (int i = 0; i < SEND_LETTERS; i++)
		s->letters.letters[i].progress = s->letters.letters[i].look =
		    s->now;
}

static void
run_turn(struct send *s)
{
	struct pollfd fds[WATCHES];
	int64_t wake = next_work(s);
	bool idle = wake > s->now, ready;

	if (idle)
		wake = earlier(wake, send_garbage_wake(s));
	watch_all(s, fds);
	ready = wait_for_work(s, fds, milliseconds_until(wake, s->now));
	read_clock(s);
	handle_signals(s);
	if (!ready)
		return;
	read_all(s, fds);
	do_work(s);
	if (idle && s->load.listed)
		send_garbage_run(s);
}

void
send_loop_run(struct send *s)
{
	while (!is_time_to_exit(s))
		run_turn(s);
	s->held.again = s->now;
	send_report_retry(s);
	send_sync_flush(&s->sync);
	send_job_save(s);
	send_log_record(&s->log, &(struct log_record){.kind = LOG_EXITING});
}
