/* SPDX-License-Identifier: ISC */
#ifndef TESTS_SUPPORT_SEND_FIXTURE_H
#define TESTS_SUPPORT_SEND_FIXTURE_H

/* A qmail-send without a process: a queue in a private directory, pipes whose
 * other ends the test holds, and a clock that stands where the test puts it. */

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/fd.h"
#include "mta/send/send.h"
#include "tests/support/unit.h"

struct fixture {
	struct send s;               /* first */
	int commands[2], reports[2]; /* the spawners' ends, by channel */
	int requests, answers;       /* qmail-clean's ends */
	int log;
	struct str logged;
};

enum { FIXTURE_SPLIT = 3, FIXTURE_NOW = 2000000000 };

static inline void
fixture_make_dirs(struct send *s)
{
	static const char *const kinds[] = {"mess", "info", "local", "remote"};
	char name[32];

	s->queue = open_tmp_dir();
	s->layout.split = FIXTURE_SPLIT;
	for (int i = 0; i < ROWS(kinds); i++) {
		ck_assert_int_eq(mkdirat(s->queue, kinds[i], 0700), 0);
		for (int sub = 0; sub < FIXTURE_SPLIT; sub++) {
			(void)snprintf(name, sizeof(name), "%s/%d", kinds[i],
			    sub);
			ck_assert_int_eq(mkdirat(s->queue, name, 0700), 0);
		}
	}
	ck_assert_int_eq(mkdirat(s->queue, "todo", 0700), 0);
	ck_assert_int_eq(mkdirat(s->queue, "bounce", 0700), 0);
}

static inline void
fixture_open(struct fixture *f, unsigned concurrency)
{
	int to[2], from[2];
	char greeting = (char)concurrency;

	*f = (struct fixture){.s.now = FIXTURE_NOW};
	fixture_make_dirs(&f->s);
	f->s.config.lifetime = 604800;
	f->s.jobs.max_files = 100;
	for (int c = 0; c < SEND_CHANNELS; c++) {
		ck_assert_int_eq(fd_pipe(to) | fd_pipe(from), 0);
		f->commands[c] = to[0];
		f->reports[c] = from[1];
		ck_assert_int_eq(fd_write_full(from[1], &greeting, 1), 0);
		ck_assert_int_eq(send_channel_open(&f->s.channel[c], to[1],
		                     from[0], false, concurrency),
		    0);
		ck_assert_int_eq(fd_set_nonblocking(to[0]), 0);
	}
	ck_assert_int_eq(fd_pipe(to) | fd_pipe(from), 0);
	f->requests = to[0];
	f->answers = from[1];
	ck_assert_int_eq(send_clean_open(&f->s.clean, to[1], from[0]), 0);
	ck_assert_int_eq(fd_set_nonblocking(f->requests), 0);
	ck_assert_int_eq(fd_pipe(to), 0);
	f->log = to[0];
	f->s.log.fd = to[1];
	ck_assert_int_eq(fd_set_nonblocking(f->log), 0);
}

static inline void
fixture_close(struct fixture *f)
{
	send_report_free_all(&f->s);
	send_job_free_all(&f->s);
	send_end_free(&f->s);
	send_load_free(&f->s);
	send_garbage_free(&f->s);
	send_clean_free(&f->s.clean);
	for (int c = 0; c < SEND_CHANNELS; c++)
		send_channel_free(&f->s.channel[c]);
	str_free(&f->s.log.line);
	str_free(&f->logged);
	close(f->s.queue);
}

/* What stands in a pipe, with NUL shown as '|'. */
static inline void
fixture_drain(int fd, struct str *out)
{
	char bytes[4096];
	ssize_t n;

	while ((n = read(fd, bytes, sizeof(bytes))) > 0) {
		for (ssize_t i = 0; i < n; i++)
			str_putc(out, bytes[i] == '\0' ? '|' : bytes[i]);
	}
}

static inline void
fixture_write(struct fixture *f, enum queue_kind kind, uint64_t id,
    struct span bytes, int64_t mtime)
{
	struct queue_path path = queue_path(&f->s.layout, kind, id);
	int fd =
	    openat(f->s.queue, path.text, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	const struct timespec times[2] = {{.tv_sec = mtime}, {.tv_sec = mtime}};

	ck_assert_int_ne(fd, -1);
	ck_assert_int_eq(fd_write_full(fd, bytes.p, bytes.n), 0);
	ck_assert_int_eq(futimens(fd, times), 0);
	close(fd);
}

static inline bool
fixture_has(struct fixture *f, enum queue_kind kind, uint64_t id)
{
	struct queue_path path = queue_path(&f->s.layout, kind, id);

	return faccessat(f->s.queue, path.text, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/* A message for one channel, due in the order of their numbers. */
static inline void
fixture_message(struct fixture *f, uint64_t id, enum log_channel c,
    struct span records, bool fresh)
{
	bool has[2] = {c == LOG_LOCAL, c == LOG_REMOTE};
	int64_t due = f->s.now - 100 + (int64_t)id, when[2] = {due, due};

	fixture_write(f, QUEUE_MESS, id, SPAN("x\n"), f->s.now);
	fixture_write(f, QUEUE_INFO, id, SPAN("Fjoe@a.example\0"), f->s.now);
	fixture_write(f, send_chan_kind(c), id, records, f->s.now);
	ck_assert(send_load_add(&f->s, id, has, when, 0, fresh));
}

#endif
