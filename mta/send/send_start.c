/* SPDX-License-Identifier: ISC */
#include "mta/send/send_start.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "mta/send/send.h"
#include "mta/send/send_loop.h"
#include "qmail/queue_lock.h"

/* As qmail-start hands them over; see qmail/spawn_msg.h. */
enum {
	FD_LOG = 0,
	FD_TO_LOCAL = 1,
	FD_FROM_LOCAL = 2,
	FD_TO_REMOTE = 3,
	FD_FROM_REMOTE = 4,
	FD_TO_CLEAN = 5,
	FD_FROM_CLEAN = 6,
	FD_TO_TODO = 7,
	FD_FROM_TODO = 8,
	/* descriptors that are not chan files of jobs, with room to spare */
	FD_OTHERS = 128,
	FD_FILES_MIN = 64,
};

static int
refuse(struct send *s, const char *why)
{
	send_log_alert(&s->log, "cannot start: %s", why);
	return -1;
}

/* Children get what they are given and no more. */
static void
close_on_exec(bool wide)
{
	int last = wide ? FD_FROM_TODO : FD_FROM_CLEAN;

	for (int fd = 0; fd <= last; fd++)
		(void)fcntl(fd, F_SETFD, FD_CLOEXEC); /* if it is open */
}

/* As many chan files may stay open as the system lets us. */
static void
raise_file_limit(struct send *s)
{
	struct rlimit limit;

	s->jobs.max_files = FD_FILES_MIN;
	if (getrlimit(RLIMIT_NOFILE, &limit) == -1)
		return;
	if (limit.rlim_cur < limit.rlim_max) {
		rlim_t soft = limit.rlim_cur;

		limit.rlim_cur = limit.rlim_max;
		if (setrlimit(RLIMIT_NOFILE, &limit) == -1)
			limit.rlim_cur = soft;
	}
	if (limit.rlim_cur > FD_OTHERS + FD_FILES_MIN)
		s->jobs.max_files = (size_t)limit.rlim_cur - FD_OTHERS;
}

static int
open_queue(struct send *s)
{
	struct err e;

	if (chdir("queue") == -1)
		return -1;
	s->queue = file_open_dir(AT_FDCWD, ".", &e);
	if (s->queue == -1)
		return -1;
	return queue_layout_detect(s->queue, &s->layout, &e);
}

static int
open_home(struct send *s)
{
	struct err e;
	int home;

	if (site_enter(&s->site, &e) == -1)
		return refuse(s, "unable to switch to home directory");
	home = file_open_dir(AT_FDCWD, ".", &e);
	if (home == -1)
		return refuse(s, "unable to switch to home directory");
	if (send_config_load(&s->config, home, &e) == -1)
		return refuse(s, "unable to read controls");
	if (open_queue(s) == -1)
		return refuse(s, "unable to switch to queue directory");
	return 0;
}

static int
take_lock(struct send *s)
{
	struct err e;

	/* the descriptor stays open as long as we live */
	if (queue_lock_take(s->queue, &e) != -1)
		return 0;
	return refuse(s, e.sys == EWOULDBLOCK ? "qmail-send is already running"
	                                      : "unable to open mutex");
}

static int
greet_spawners(struct send *s, bool wide)
{
	if (send_channel_open(&s->channel[LOG_LOCAL], FD_TO_LOCAL,
	        FD_FROM_LOCAL, wide, s->config.concurrency[LOG_LOCAL]) == 0 &&
	    send_channel_open(&s->channel[LOG_REMOTE], FD_TO_REMOTE,
	        FD_FROM_REMOTE, wide, s->config.concurrency[LOG_REMOTE]) == 0)
		return 0;
	return refuse(s, "hath the daemon spawn no fire?");
}

static int
open_partners(struct send *s, bool wide)
{
	int rc;

	if (greet_spawners(s, wide) == -1)
		return -1;
	if (send_clean_open(&s->clean, FD_TO_CLEAN, FD_FROM_CLEAN) == -1)
		return refuse(s, "no connection to qmail-clean");
	rc = wide ? send_todo_open_wide(s, FD_TO_TODO, FD_FROM_TODO)
	          : send_todo_open_classic(s);
	return rc == 0 ? 0 : refuse(s, "no connection to qmail-todo");
}

int
send_start(struct send *s, bool wide, int64_t now)
{
	*s = (struct send){.log.fd = FD_LOG, .now = now};
	close_on_exec(wide);
	send_loop_catch_signals();
	(void)umask(077);
	raise_file_limit(s);
	if (open_home(s) == -1 || take_lock(s) == -1 ||
	    open_partners(s, wide) == -1)
		return -1;
	send_end_open(s);
	send_put_status(s);
	return 0;
}

void
send_free(struct send *s)
{
	send_report_free_all(s);
	send_job_free_all(s);
	send_letter_free_all(s);
	send_end_free(s);
	send_load_free(s);
	send_garbage_free(s);
	send_todo_free(s);
	send_clean_free(&s->clean);
	for (int c = 0; c < SEND_CHANNELS; c++)
		send_channel_free(&s->channel[c]);
	send_config_free(&s->config);
	str_free(&s->log.line);
}
