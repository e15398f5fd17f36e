/* SPDX-License-Identifier: ISC */
#include "mta/send/preprocess.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "qmail/clean_msg.h"
#include "qmail/queue_record.h"
#include "tests/support/unit.h"

enum { SPLIT = 3, NOW = 1000000, MESSAGES_MAX = 300 };

/* A queue, and a process that preprocesses it. */
static struct {
	struct preprocess p;
	struct route route;
	int queue;
	unsigned reports[MESSAGES_MAX]; /* of each id */
	bool local[MESSAGES_MAX], remote[MESSAGES_MAX];
	struct str log;
	size_t cleanings; /* exchanges with qmail-clean */
	char answer;      /* '+', '!'; 0: the connection is lost */
} t;

static const struct hash_seed seed = {{5, 6}};

/* ---- the host ------------------------------------------------------------ */

static void
host_log(void *self, const struct log_record *r)
{
	ck_assert_ptr_eq(self, &t);
	log_record_put(&t.log, r);
	t.log.failed = false; /* a fault was meant for somebody else */
}

static bool
exists(enum queue_kind kind, uint64_t id)
{
	struct queue_path path = queue_path(&t.p.work.layout, kind, id);

	return faccessat(t.queue, path.text, F_OK, 0) == 0;
}

static void
host_message(void *self, uint64_t id, bool local, bool remote)
{
	ck_assert_ptr_eq(self, &t);
	ck_assert(!exists(QUEUE_TODO, id));
	t.reports[id]++;
	t.local[id] = local;
	t.remote[id] = remote;
}

static void
unlink_kind(enum queue_kind kind, uint64_t id)
{
	struct queue_path path = queue_path(&t.p.work.layout, kind, id);

	ck_assert(unlinkat(t.queue, path.text, 0) == 0 || errno == ENOENT);
}

static bool
host_clean(void *self, struct span requests, size_t n, char *answers)
{
	struct clean_msg m;
	struct span one;

	ck_assert_ptr_eq(self, &t);
	t.cleanings++;
	for (size_t i = 0; i < n; i++) {
		ck_assert(span_take_nul(&requests, &one));
		ck_assert(clean_msg_parse(one, &m));
		ck_assert_int_eq(m.verb, CLEAN_TODO);
		ck_assert_int_eq(m.has_sub, t.p.work.layout.split_todo);
		ck_assert(exists(QUEUE_INFO, m.id));
		answers[i] = t.answer;
		if (t.answer != '+')
			continue;
		unlink_kind(QUEUE_INTD, m.id);
		unlink_kind(QUEUE_TODO, m.id);
	}
	ck_assert_uint_eq(requests.n, 0);
	return t.answer != 0;
}

/* ---- the queue ----------------------------------------------------------- */

static void
make_dirs(bool split_todo)
{
	struct queue_layout l = {.split = SPLIT, .split_todo = split_todo};

	for (int k = 0; k < QUEUE_KINDS; k++) {
		enum queue_kind kind = (enum queue_kind)k;
		const char *name = queue_kind_name(kind);

		ck_assert_int_eq(mkdirat(t.queue, name, 0700), 0);
		for (uint64_t i = 0; queue_kind_is_split(&l, kind) && i < SPLIT;
		     i++)
			ck_assert_int_eq(mkdirat(t.queue,
			                     queue_path_dir(&l, kind, i).text,
			                     0700),
			    0);
	}
	ck_assert_int_eq(mkdirat(t.queue, "lock", 0700), 0);
	ck_assert_int_eq(mkfifoat(t.queue, "lock/trigger", 0622), 0);
}

static struct constmap
locals(void)
{
	struct str entries = {0};
	struct constmap m;

	str_put(&entries, SPAN("local.example\0"));
	ck_assert_int_eq(constmap_init(&m, &entries, CONSTMAP_PLAIN, &seed), 0);
	return m;
}

static void
open_preprocess(void)
{
	struct todo_work w = {.queue = t.queue,
	    .route = &t.route,
	    .who = "",
	    .host = {&t, host_log, host_message, host_clean}};
	struct err e;

	ck_assert_int_eq(queue_layout_detect(t.queue, &w.layout, &e), 0);
	preprocess_open(&t.p, &w);
}

static void
begin(bool split_todo)
{
	t.queue = open_tmp_dir();
	t.answer = '+';
	t.route.locals = locals();
	make_dirs(split_todo);
	open_preprocess();
}

static void
end(void)
{
	preprocess_close(&t.p);
	route_free(&t.route);
	str_free(&t.log);
}

static void
put_file(enum queue_kind kind, uint64_t id, struct span bytes)
{
	struct queue_path path = queue_path(&t.p.work.layout, kind, id);
	int fd = openat(t.queue, path.text,
	    O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	ck_assert_int_ne(fd, -1);
	ck_assert_int_eq(write(fd, bytes.p, bytes.n), (ssize_t)bytes.n);
	ck_assert_int_eq(close(fd), 0);
}

static void
ck_file(enum queue_kind kind, uint64_t id, struct span want)
{
	struct queue_path path = queue_path(&t.p.work.layout, kind, id);
	struct str got = {0};
	struct err e;

	if (want.p == NULL) {
		ck_assert_msg(!exists(kind, id), "%s exists", path.text);
		return;
	}
	ck_assert_msg(file_load(t.queue, path.text, 1 << 20, &got, &e) == 0,
	    "%s", e.text);
	ck_span(str_span(&got), want, path.text);
	str_free(&got);
}

static const struct span plain =
    SPAN_INIT("u7\0p8\0Fann@a.example\0Tbob@r.example\0Tjoe@local.example\0");

static void
submit(uint64_t id, struct span todo)
{
	put_file(QUEUE_MESS, id, SPAN("hello\n"));
	put_file(QUEUE_INTD, id, todo);
	put_file(QUEUE_TODO, id, todo);
}

static void
turns(int64_t now, int n)
{
	for (int i = 0; i < n; i++)
		ck_assert_int_eq(preprocess_turn(&t.p, now, PREPROCESS_GROUP),
		    0);
}

static bool
log_has(struct span line)
{
	return t.log.n >= line.n &&
	       memmem(t.log.p, t.log.n, line.p, line.n) != NULL;
}

/* Whatever happened: a message is still in todo/, or it is whole and reported
 * once. */
static void
ck_nothing_lost(uint64_t id)
{
	if (exists(QUEUE_TODO, id)) {
		ck_assert_uint_eq(t.reports[id], 0);
		return;
	}
	ck_assert_uint_eq(t.reports[id], 1);
	ck_file(QUEUE_INFO, id, SPAN("Fann@a.example\0"));
	ck_file(QUEUE_LOCAL, id, SPAN("Tjoe@local.example\0"));
	ck_file(QUEUE_REMOTE, id, SPAN("Tbob@r.example\0"));
}

/* ---- one message --------------------------------------------------------- */

#define ABSENT    \
	{         \
		0 \
	}

static const struct {
	const char *label;
	struct span todo;
	struct span info, local, remote; /* no bytes at all: no such file */
	struct span log;
} cases[] = {
    {"both channels", plain, SPAN_INIT("Fann@a.example\0"),
        SPAN_INIT("Tjoe@local.example\0"), SPAN_INIT("Tbob@r.example\0"),
        SPAN_INIT("new msg 4\n"
                  "info msg 4: bytes 6 from <ann@a.example> qp 8 uid 7\n")},
    {"bounce, local only", SPAN_INIT("u0\0p1\0F\0Tx@local.example\0"),
        SPAN_INIT("F\0"), SPAN_INIT("Tx@local.example\0"), ABSENT,
        SPAN_INIT("new msg 4\ninfo msg 4: bytes 6 from <> qp 1 uid 0\n")},
    {"no recipient", SPAN_INIT("u0\0p1\0F\0"), SPAN_INIT("F\0"), ABSENT, ABSENT,
        SPAN_INIT("new msg 4\ninfo msg 4: bytes 6 from <> qp 1 uid 0\n")},
    {"any order, u and p missing", SPAN_INIT("Tx@r.example\0F#@[]\0"),
        SPAN_INIT("F#@[]\0"), ABSENT, SPAN_INIT("Tx@r.example\0"),
        SPAN_INIT("new msg 4\ninfo msg 4: bytes 6 from <#@[]> qp 0 uid 0\n")},
    {"hostile bytes", SPAN_INIT("u-1\0pz\0Fa\nb %\0Tx\n\xff@r.example\0"),
        SPAN_INIT("Fa\nb %\0"), ABSENT, SPAN_INIT("Tx\n\xff@r.example\0"),
        SPAN_INIT("info msg 4: bytes 6 from <a/b__> qp 0 uid 0\n")},
    {"unterminated", SPAN_INIT("u0\0p1\0F\0Tx@r.example"), ABSENT, ABSENT,
        ABSENT, SPAN_INIT("new msg 4\nwarning: trouble reading todo/4\n")},
    {"unknown letter", SPAN_INIT("u0\0p1\0F\0eextra\0Tx@r.example\0"), ABSENT,
        ABSENT, ABSENT, SPAN_INIT("warning: unknown record type in todo/4\n")},
    {"empty record", SPAN_INIT("F\0Tx@r.example\0\0"), ABSENT, ABSENT, ABSENT,
        SPAN_INIT("warning: unknown record type in todo/4\n")},
    {"no sender", SPAN_INIT("Tx@r.example\0"), ABSENT, ABSENT, ABSENT,
        SPAN_INIT("warning: trouble reading todo/4\n")},
    {"two senders", SPAN_INIT("Fa\0Fb\0"), ABSENT, ABSENT, ABSENT,
        SPAN_INIT("warning: trouble reading todo/4\n")},
    {"empty", SPAN_INIT(""), ABSENT, ABSENT, ABSENT,
        SPAN_INIT("warning: trouble reading todo/4\n")},
};

START_TEST(one_message)
{
	bool damaged = cases[_i].info.p == NULL;

	begin(false);
	submit(4, cases[_i].todo);
	turns(NOW, 2);
	ck_file(QUEUE_INFO, 4, cases[_i].info);
	ck_file(QUEUE_LOCAL, 4, cases[_i].local);
	ck_file(QUEUE_REMOTE, 4, cases[_i].remote);
	ck_assert_msg(log_has(cases[_i].log), "%s: %s", cases[_i].label,
	    str_cstr(&t.log));
	ck_assert_int_eq(exists(QUEUE_TODO, 4), damaged);
	ck_assert_uint_eq(t.reports[4], damaged ? 0 : 1);
	ck_assert_int_eq(t.local[4], cases[_i].local.p != NULL);
	ck_assert_int_eq(t.remote[4], cases[_i].remote.p != NULL);
	end();
}
END_TEST

START_TEST(what_an_earlier_message_left_is_removed)
{
	begin(_i == 1);
	put_file(QUEUE_INFO, 4, SPAN("Fold\0"));
	put_file(QUEUE_LOCAL, 4, SPAN("Told@local.example\0"));
	put_file(QUEUE_REMOTE, 4, SPAN("Told@r.example\0"));
	put_file(QUEUE_BOUNCE, 4, SPAN("<old>:\nno\n\n"));
	submit(4, SPAN("Fnew\0Tnew@r.example\0"));
	turns(NOW, 1);
	ck_file(QUEUE_INFO, 4, SPAN("Fnew\0"));
	ck_file(QUEUE_REMOTE, 4, SPAN("Tnew@r.example\0"));
	ck_assert(!exists(QUEUE_LOCAL, 4) && !exists(QUEUE_BOUNCE, 4));
	ck_assert_uint_eq(t.reports[4], 1);
	end();
}
END_TEST

/* ---- groups -------------------------------------------------------------- */

START_TEST(groups_are_as_large_as_asked_for)
{
	begin(_i == 1);
	for (uint64_t id = 1; id <= 200; id++)
		submit(id, plain);
	ck_assert_int_eq(preprocess_turn(&t.p, NOW, 5), 0);
	ck_assert_uint_eq(t.cleanings, 1);
	ck_assert_int_eq(preprocess_wake(&t.p, NOW), 0);
	ck_assert_int_eq(preprocess_fd(&t.p), -1);
	turns(NOW, 5);
	ck_assert_uint_eq(t.cleanings, 5); /* 5, three of 64, 3 */
	for (uint64_t id = 1; id <= 200; id++) {
		ck_assert(!exists(QUEUE_TODO, id));
		ck_nothing_lost(id);
	}
	ck_assert_int_ne(preprocess_fd(&t.p), -1);
	ck_assert_int_eq(preprocess_wake(&t.p, NOW), 1500);
	end();
}
END_TEST

START_TEST(few_descriptors_make_small_groups)
{
	struct rlimit limit = {190, 190};

	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
	begin(false);
	for (uint64_t id = 1; id <= 40; id++)
		submit(id, plain);
	turns(NOW, 1);
	ck_assert_uint_eq(t.p.group_max, 10);
	turns(NOW, 4);
	for (uint64_t id = 1; id <= 40; id++)
		ck_nothing_lost(id);
	ck_assert_uint_eq(t.reports[40], 1);
	end();
}
END_TEST

START_TEST(names_that_are_no_messages_are_left_alone)
{
	begin(false);
	submit(4, plain);
	ck_assert_int_eq(symlinkat("4", t.queue, "todo/007"), 0);
	ck_assert_int_eq(symlinkat("4", t.queue, "todo/x"), 0);
	ck_assert_int_eq(symlinkat("4", t.queue, "todo/99"), 0);
	ck_assert_int_eq(mkdirat(t.queue, "todo/5", 0700), 0);
	ck_assert_int_eq(mkfifoat(t.queue, "todo/6", 0600), 0);
	put_file(QUEUE_MESS, 6, SPAN("x"));
	turns(NOW, 2);
	ck_assert_uint_eq(t.reports[4], 1);
	ck_assert(log_has(SPAN("warning: unable to open todo/99\n")));
	ck_assert(log_has(SPAN("warning: trouble reading todo/6\n")));
	ck_assert(!log_has(SPAN("007")) && !log_has(SPAN("todo/5")));
	end();
}
END_TEST

/* ---- faults -------------------------------------------------------------- */

START_TEST(any_failed_sync_loses_nothing_and_heals_in_ten_seconds)
{
	int64_t now = NOW;
	int nth = 0;

	begin(_i == 1);
	do {
		t.reports[4] = t.reports[5] = t.reports[6] = 0;
		submit(4, plain);
		submit(5, plain);
		submit(6, plain);
		now += 20000;
		fault_at(FAULT_FSYNC, ++nth, EIO);
		turns(now, 3);
		for (uint64_t id = 4; id <= 6; id++)
			ck_nothing_lost(id);
		if (exists(QUEUE_TODO, 4) || exists(QUEUE_TODO, 5) ||
		    exists(QUEUE_TODO, 6))
			ck_assert_int_eq(preprocess_wake(&t.p, now), 10);
		ck_assert(nth > 16 || log_has(SPAN("trouble fsyncing ")));
		fault_at(FAULT_FSYNC, 0, 0);
		turns(now + 10, 3);
		for (uint64_t id = 4; id <= 6; id++) {
			ck_assert(!exists(QUEUE_TODO, id));
			ck_nothing_lost(id);
		}
		str_reset(&t.log);
	} while (nth < 20); /* 9 files, up to 9 directories, todo */
	end();
}
END_TEST

START_TEST(any_failed_allocation_loses_nothing)
{
	int64_t now = NOW;

	for (int nth = 1; nth < 40; nth++) {
		t.reports[4] = t.reports[5] = 0;
		begin(false);
		submit(4, plain);
		submit(5, plain);
		fault_at(FAULT_REALLOC, nth, ENOMEM);
		turns(now, 3);
		fault_at(FAULT_REALLOC, 0, 0);
		ck_nothing_lost(4);
		ck_nothing_lost(5);
		turns(now + 10, 3);
		ck_assert(!exists(QUEUE_TODO, 4) && !exists(QUEUE_TODO, 5));
		ck_nothing_lost(4);
		ck_nothing_lost(5);
		end();
	}
}
END_TEST

START_TEST(a_message_that_is_not_cleaned_is_not_reported)
{
	begin(false);
	submit(4, plain);
	t.answer = '!';
	turns(NOW, 2);
	ck_assert_uint_eq(t.reports[4], 0);
	ck_assert(exists(QUEUE_TODO, 4) && exists(QUEUE_INFO, 4));
	ck_assert(
	    log_has(SPAN("warning: qmail-clean unable to clean up todo/4\n")));
	t.answer = '+';
	preprocess_pulled(&t.p);
	turns(NOW + 1, 2); /* not at once */
	ck_assert_uint_eq(t.reports[4], 0);
	turns(NOW + 10, 2);
	ck_nothing_lost(4);
	ck_assert_uint_eq(t.reports[4], 1);
	end();
}
END_TEST

START_TEST(without_qmail_clean_there_is_no_going_on)
{
	begin(false);
	submit(4, plain);
	t.answer = 0;
	ck_assert_int_eq(preprocess_turn(&t.p, NOW, 1), -1);
	ck_assert_uint_eq(t.reports[4], 0);
	ck_assert(exists(QUEUE_INFO, 4));
	end();
}
END_TEST

START_TEST(a_full_system_is_asked_once_in_ten_seconds)
{
	struct rlimit limit, low;

	begin(false);
	turns(NOW, 1);
	for (uint64_t id = 1; id <= 9; id++)
		submit(id, plain);
	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
	low = limit;
	low.rlim_cur = (rlim_t)dup(0); /* no further descriptor */
	ck_assert_int_eq(close((int)low.rlim_cur), 0);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &low), 0);
	preprocess_pulled(&t.p);
	turns(NOW, 5);
	ck_assert(log_has(SPAN("warning: unable to open todo/")));
	ck_assert_int_eq(preprocess_wake(&t.p, NOW), 10);
	ck_assert_uint_lt(t.log.n, 100); /* one line */
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
	turns(NOW + 10, 3);
	for (uint64_t id = 1; id <= 9; id++)
		ck_assert_uint_eq(t.reports[id], 1);
	end();
}
END_TEST

/* ---- syncing as a whole -------------------------------------------------- */

static struct {
	unsigned calls;
	int result;
	int64_t now, takes;
} whole;

static int
fake_whole(int fd)
{
	ck_assert_int_eq(fd, t.queue);
	whole.calls++;
	whole.now += whole.takes;
	errno = EIO;
	return whole.result;
}

static int64_t
fake_clock(void)
{
	return whole.now;
}

static void
submit_group(uint64_t first)
{
	for (uint64_t id = first; id < first + TODO_SYNC_MIN; id++) {
		t.reports[id] = 0;
		submit(id, plain);
	}
	preprocess_pulled(&t.p);
	fault_at(FAULT_FSYNC, 2, EIO); /* the first is that of todo */
	turns(NOW, 2);
}

START_TEST(a_large_group_is_synced_with_one_call)
{
	begin(false);
	t.p.group.sync = (struct todo_sync){fake_whole, fake_clock, 0};
	submit(4, plain);
	turns(NOW, 2);
	ck_assert_uint_eq(whole.calls, 0); /* a small one is not */
	t.reports[4] = 0;
	submit_group(1);
	ck_assert_uint_eq(whole.calls, 1);
	for (uint64_t id = 1; id <= TODO_SYNC_MIN; id++) {
		ck_nothing_lost(id);
		ck_assert_uint_eq(t.reports[id], 1);
	}
	end();
}
END_TEST

START_TEST(when_the_one_call_fails_each_file_is_asked)
{
	begin(false);
	t.p.group.sync = (struct todo_sync){fake_whole, fake_clock, 0};
	whole.result = -1;
	submit_group(1);
	ck_assert_uint_eq(whole.calls, 1);
	ck_assert(log_has(SPAN("warning: trouble fsyncing ")));
	turns(NOW + 10, 2);
	for (uint64_t id = 1; id <= TODO_SYNC_MIN; id++) {
		ck_nothing_lost(id);
		ck_assert_uint_eq(t.reports[id], 1);
	}
	end();
}
END_TEST

START_TEST(after_a_slow_call_the_next_groups_go_file_by_file)
{
	begin(false);
	t.p.group.sync = (struct todo_sync){fake_whole, fake_clock, 0};
	whole.takes = TODO_SYNC_SLOW_US + 1;
	submit_group(1);
	whole.takes = 0;
	for (int i = 0; i < TODO_SYNC_SKIP; i++)
		ck_assert(!todo_sync_whole(&t.p.group.sync, t.queue, 64));
	ck_assert_uint_eq(whole.calls, 1);
	ck_assert(todo_sync_whole(&t.p.group.sync, t.queue, 64));
	ck_assert(todo_sync_whole(&t.p.group.sync, t.queue, 64));
	end();
}
END_TEST

START_TEST(old_kernels_are_not_trusted)
{
	ck_assert(todo_sync_is_kernel_new("5.18"));
	ck_assert(todo_sync_is_kernel_new("6.1.0-18-amd64"));
	ck_assert(todo_sync_is_kernel_new("10.0-rc1"));
	ck_assert(!todo_sync_is_kernel_new("5.17.9"));
	ck_assert(!todo_sync_is_kernel_new("4.19.0"));
	ck_assert(!todo_sync_is_kernel_new("6"));
	ck_assert(!todo_sync_is_kernel_new(""));
}
END_TEST

/* ---- time ---------------------------------------------------------------- */

START_TEST(a_damaged_entry_is_named_once_an_hour)
{
	begin(false);
	put_file(QUEUE_TODO, 4, plain); /* no mess */
	turns(NOW, 2);
	ck_assert(log_has(SPAN("warning: unable to stat mess/1/4\n")));
	str_reset(&t.log);
	for (int s = 1; s < 3600; s++) {
		preprocess_pulled(&t.p);
		turns(NOW + s, 1);
	}
	ck_assert_uint_eq(t.log.n, 0);
	preprocess_pulled(&t.p);
	turns(NOW + 3600, 1);
	ck_assert(log_has(SPAN("warning: unable to stat mess/1/4\n")));
	end();
}
END_TEST

START_TEST(a_repaired_entry_is_taken_with_the_next_scan)
{
	begin(false);
	submit(4, SPAN("Fann@a.example\0Tbob@r.exam"));
	turns(NOW, 2);
	ck_assert_uint_eq(t.reports[4], 0);
	unlink_kind(QUEUE_TODO, 4);
	submit(4, plain);
	preprocess_pulled(&t.p);
	turns(NOW + 1, 1);
	ck_assert_uint_eq(t.reports[4], 1);
	ck_nothing_lost(4);
	end();
}
END_TEST

START_TEST(without_a_trigger_the_clock_brings_messages)
{
	begin(false);
	ck_assert_int_eq(unlinkat(t.queue, "lock/trigger", 0), 0);
	turns(NOW, 2);
	ck_assert(log_has(SPAN("lock/trigger")));
	str_reset(&t.log);
	submit(4, plain);
	turns(NOW + 1499, 1);
	ck_assert_uint_eq(t.reports[4], 0);
	ck_assert_int_eq(preprocess_wake(&t.p, NOW + 1499), 1);
	turns(NOW + 1500, 1);
	ck_assert_uint_eq(t.reports[4], 1);
	ck_assert(!log_has(SPAN("lock/trigger")));
	end();
}
END_TEST

START_TEST(a_clock_that_is_set_back_stops_nothing)
{
	begin(false);
	turns(NOW, 2);
	submit(4, plain);
	ck_assert_int_eq(preprocess_wake(&t.p, NOW - 900000), 1500);
	turns(NOW - 900000, 1);
	ck_assert_int_eq(preprocess_wake(&t.p, NOW - 900000 + 1500), 0);
	turns(NOW - 900000 + 1500, 1);
	ck_assert_uint_eq(t.reports[4], 1);
	end();
}
END_TEST

int
main(void)
{
	TCase *c = unit_begin("send/preprocess");

	tcase_add_loop_test(c, one_message, 0, ROWS(cases));
	tcase_add_loop_test(c, what_an_earlier_message_left_is_removed, 0, 2);
	tcase_add_loop_test(c, groups_are_as_large_as_asked_for, 0, 2);
	tcase_add_test(c, few_descriptors_make_small_groups);
	tcase_add_test(c, names_that_are_no_messages_are_left_alone);
	tcase_add_loop_test(c,
	    any_failed_sync_loses_nothing_and_heals_in_ten_seconds, 0, 2);
	tcase_add_test(c, any_failed_allocation_loses_nothing);
	tcase_add_test(c, a_message_that_is_not_cleaned_is_not_reported);
	tcase_add_test(c, without_qmail_clean_there_is_no_going_on);
	tcase_add_test(c, a_full_system_is_asked_once_in_ten_seconds);
	tcase_add_test(c, a_large_group_is_synced_with_one_call);
	tcase_add_test(c, when_the_one_call_fails_each_file_is_asked);
	tcase_add_test(c, after_a_slow_call_the_next_groups_go_file_by_file);
	tcase_add_test(c, old_kernels_are_not_trusted);
	tcase_add_test(c, a_damaged_entry_is_named_once_an_hour);
	tcase_add_test(c, a_repaired_entry_is_taken_with_the_next_scan);
	tcase_add_test(c, without_a_trigger_the_clock_brings_messages);
	tcase_add_test(c, a_clock_that_is_set_back_stops_nothing);
	return unit_end();
}
