/* SPDX-License-Identifier: ISC */
#include "mta/send/preprocess.h"

#include <errno.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/todo_world.h"

static struct todo_world t;

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
    {"both channels", SPAN_INIT(WORLD_PLAIN), SPAN_INIT("Fann@a.example\0"),
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

	world_begin(&t, false);
	world_submit(&t, 4, cases[_i].todo);
	world_turns(&t, WORLD_NOW, 2);
	world_check(&t, QUEUE_INFO, 4, cases[_i].info);
	world_check(&t, QUEUE_LOCAL, 4, cases[_i].local);
	world_check(&t, QUEUE_REMOTE, 4, cases[_i].remote);
	ck_assert_msg(world_log_has(&t, cases[_i].log), "%s: %s",
	    cases[_i].label, str_cstr(&t.log));
	ck_assert_int_eq(world_has(&t, QUEUE_TODO, 4), damaged);
	ck_assert_uint_eq(t.reports[4], damaged ? 0 : 1);
	ck_assert_int_eq(t.local[4], cases[_i].local.p != NULL);
	ck_assert_int_eq(t.remote[4], cases[_i].remote.p != NULL);
	world_end(&t);
}
END_TEST

START_TEST(what_an_earlier_message_left_is_removed)
{
	world_begin(&t, _i == 1);
	world_put(&t, QUEUE_INFO, 4, SPAN("Fold\0"));
	world_put(&t, QUEUE_LOCAL, 4, SPAN("Told@local.example\0"));
	world_put(&t, QUEUE_REMOTE, 4, SPAN("Told@r.example\0"));
	world_put(&t, QUEUE_BOUNCE, 4, SPAN("<old>:\nno\n\n"));
	world_submit(&t, 4, SPAN("Fnew\0Tnew@r.example\0"));
	world_turns(&t, WORLD_NOW, 1);
	world_check(&t, QUEUE_INFO, 4, SPAN("Fnew\0"));
	world_check(&t, QUEUE_REMOTE, 4, SPAN("Tnew@r.example\0"));
	ck_assert(
	    !world_has(&t, QUEUE_LOCAL, 4) && !world_has(&t, QUEUE_BOUNCE, 4));
	ck_assert_uint_eq(t.reports[4], 1);
	world_end(&t);
}
END_TEST

/* ---- groups -------------------------------------------------------------- */

START_TEST(groups_are_as_large_as_asked_for)
{
	world_begin(&t, _i == 1);
	for (uint64_t id = 1; id <= 200; id++)
		world_submit(&t, id, SPAN(WORLD_PLAIN));
	ck_assert_int_eq(preprocess_turn(&t.p, WORLD_NOW, 5), 0);
	ck_assert_uint_eq(t.cleanings, 1);
	ck_assert_int_eq(preprocess_wake(&t.p, WORLD_NOW), 0);
	ck_assert_int_eq(preprocess_fd(&t.p), -1);
	world_turns(&t, WORLD_NOW, 5);
	ck_assert_uint_eq(t.cleanings, 5); /* 5, three of 64, 3 */
	for (uint64_t id = 1; id <= 200; id++) {
		ck_assert(!world_has(&t, QUEUE_TODO, id));
		world_check_not_lost(&t, id);
	}
	ck_assert_int_ne(preprocess_fd(&t.p), -1);
	ck_assert_int_eq(preprocess_wake(&t.p, WORLD_NOW), 1500);
	world_end(&t);
}
END_TEST

START_TEST(few_descriptors_make_small_groups)
{
	struct rlimit limit = {190, 190};

	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
	world_begin(&t, false);
	for (uint64_t id = 1; id <= 40; id++)
		world_submit(&t, id, SPAN(WORLD_PLAIN));
	world_turns(&t, WORLD_NOW, 1);
	ck_assert_uint_eq(t.p.group_max, 10);
	world_turns(&t, WORLD_NOW, 4);
	for (uint64_t id = 1; id <= 40; id++)
		world_check_not_lost(&t, id);
	ck_assert_uint_eq(t.reports[40], 1);
	world_end(&t);
}
END_TEST

START_TEST(names_that_are_no_messages_are_left_alone)
{
	world_begin(&t, false);
	world_submit(&t, 4, SPAN(WORLD_PLAIN));
	ck_assert_int_eq(symlinkat("4", t.queue, "todo/007"), 0);
	ck_assert_int_eq(symlinkat("4", t.queue, "todo/x"), 0);
	ck_assert_int_eq(symlinkat("4", t.queue, "todo/99"), 0);
	ck_assert_int_eq(mkdirat(t.queue, "todo/5", 0700), 0);
	ck_assert_int_eq(mkfifoat(t.queue, "todo/6", 0600), 0);
	world_put(&t, QUEUE_MESS, 6, SPAN("x"));
	world_turns(&t, WORLD_NOW, 2);
	ck_assert_uint_eq(t.reports[4], 1);
	ck_assert(world_log_has(&t, SPAN("warning: unable to open todo/99\n")));
	ck_assert(world_log_has(&t, SPAN("warning: trouble reading todo/6\n")));
	ck_assert(!world_log_has(&t, SPAN("007")) &&
	          !world_log_has(&t, SPAN("todo/5")));
	world_end(&t);
}
END_TEST

/* ---- faults -------------------------------------------------------------- */

START_TEST(any_failed_sync_loses_nothing_and_heals_in_ten_seconds)
{
	int64_t now = WORLD_NOW;
	int nth = 0;

	world_begin(&t, _i == 1);
	do {
		t.reports[4] = t.reports[5] = t.reports[6] = 0;
		world_submit(&t, 4, SPAN(WORLD_PLAIN));
		world_submit(&t, 5, SPAN(WORLD_PLAIN));
		world_submit(&t, 6, SPAN(WORLD_PLAIN));
		now += 20000;
		fault_at(FAULT_FSYNC, ++nth, EIO);
		world_turns(&t, now, 3);
		for (uint64_t id = 4; id <= 6; id++)
			world_check_not_lost(&t, id);
		if (world_has(&t, QUEUE_TODO, 4) ||
		    world_has(&t, QUEUE_TODO, 5) ||
		    world_has(&t, QUEUE_TODO, 6))
			ck_assert_int_eq(preprocess_wake(&t.p, now), 10);
		ck_assert(
		    nth > 16 || world_log_has(&t, SPAN("trouble fsyncing ")));
		fault_at(FAULT_FSYNC, 0, 0);
		world_turns(&t, now + 10, 3);
		for (uint64_t id = 4; id <= 6; id++) {
			ck_assert(!world_has(&t, QUEUE_TODO, id));
			world_check_not_lost(&t, id);
		}
		str_reset(&t.log);
	} while (nth < 20); /* 9 files, up to 9 directories, todo */
	world_end(&t);
}
END_TEST

START_TEST(any_failed_allocation_loses_nothing)
{
	int64_t now = WORLD_NOW;

	for (int nth = 1; nth < 40; nth++) {
		t.reports[4] = t.reports[5] = 0;
		world_begin(&t, false);
		world_submit(&t, 4, SPAN(WORLD_PLAIN));
		world_submit(&t, 5, SPAN(WORLD_PLAIN));
		fault_at(FAULT_REALLOC, nth, ENOMEM);
		world_turns(&t, now, 3);
		fault_at(FAULT_REALLOC, 0, 0);
		world_check_not_lost(&t, 4);
		world_check_not_lost(&t, 5);
		world_turns(&t, now + 10, 3);
		ck_assert(!world_has(&t, QUEUE_TODO, 4) &&
		          !world_has(&t, QUEUE_TODO, 5));
		world_check_not_lost(&t, 4);
		world_check_not_lost(&t, 5);
		world_end(&t);
	}
}
END_TEST

START_TEST(a_message_that_is_not_cleaned_is_not_reported)
{
	world_begin(&t, false);
	world_submit(&t, 4, SPAN(WORLD_PLAIN));
	t.answer = '!';
	world_turns(&t, WORLD_NOW, 2);
	ck_assert_uint_eq(t.reports[4], 0);
	ck_assert(world_has(&t, QUEUE_TODO, 4) && world_has(&t, QUEUE_INFO, 4));
	ck_assert(world_log_has(&t,
	    SPAN("warning: qmail-clean unable to clean up todo/4\n")));
	t.answer = '+';
	preprocess_pulled(&t.p);
	world_turns(&t, WORLD_NOW + 1, 2); /* not at once */
	ck_assert_uint_eq(t.reports[4], 0);
	world_turns(&t, WORLD_NOW + 10, 2);
	world_check_not_lost(&t, 4);
	ck_assert_uint_eq(t.reports[4], 1);
	world_end(&t);
}
END_TEST

START_TEST(without_qmail_clean_there_is_no_going_on)
{
	world_begin(&t, false);
	world_submit(&t, 4, SPAN(WORLD_PLAIN));
	t.answer = 0;
	ck_assert_int_eq(preprocess_turn(&t.p, WORLD_NOW, 1), -1);
	ck_assert_uint_eq(t.reports[4], 0);
	ck_assert(world_has(&t, QUEUE_INFO, 4));
	world_end(&t);
}
END_TEST

START_TEST(a_full_system_is_asked_once_in_ten_seconds)
{
	struct rlimit limit, low;

	world_begin(&t, false);
	world_turns(&t, WORLD_NOW, 1);
	for (uint64_t id = 1; id <= 9; id++)
		world_submit(&t, id, SPAN(WORLD_PLAIN));
	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
	low = limit;
	low.rlim_cur = (rlim_t)dup(0); /* no further descriptor */
	ck_assert_int_eq(close((int)low.rlim_cur), 0);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &low), 0);
	preprocess_pulled(&t.p);
	world_turns(&t, WORLD_NOW, 5);
	ck_assert(world_log_has(&t, SPAN("warning: unable to open todo/")));
	ck_assert_int_eq(preprocess_wake(&t.p, WORLD_NOW), 10);
	ck_assert_uint_lt(t.log.n, 100); /* one line */
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
	world_turns(&t, WORLD_NOW + 10, 3);
	for (uint64_t id = 1; id <= 9; id++)
		ck_assert_uint_eq(t.reports[id], 1);
	world_end(&t);
}
END_TEST

/* ---- time ---------------------------------------------------------------- */

START_TEST(a_damaged_entry_is_named_once_an_hour)
{
	world_begin(&t, false);
	world_put(&t, QUEUE_TODO, 4, SPAN(WORLD_PLAIN)); /* no mess */
	world_turns(&t, WORLD_NOW, 2);
	ck_assert(
	    world_log_has(&t, SPAN("warning: unable to stat mess/1/4\n")));
	str_reset(&t.log);
	for (int s = 1; s < 3600; s++) {
		preprocess_pulled(&t.p);
		world_turns(&t, WORLD_NOW + s, 1);
	}
	ck_assert_uint_eq(t.log.n, 0);
	preprocess_pulled(&t.p);
	world_turns(&t, WORLD_NOW + 3600, 1);
	ck_assert(
	    world_log_has(&t, SPAN("warning: unable to stat mess/1/4\n")));
	world_end(&t);
}
END_TEST

START_TEST(a_repaired_entry_is_taken_with_the_next_scan)
{
	world_begin(&t, false);
	world_submit(&t, 4, SPAN("Fann@a.example\0Tbob@r.exam"));
	world_turns(&t, WORLD_NOW, 2);
	ck_assert_uint_eq(t.reports[4], 0);
	world_unlink(&t, QUEUE_TODO, 4);
	world_submit(&t, 4, SPAN(WORLD_PLAIN));
	preprocess_pulled(&t.p);
	world_turns(&t, WORLD_NOW + 1, 1);
	ck_assert_uint_eq(t.reports[4], 1);
	world_check_not_lost(&t, 4);
	world_end(&t);
}
END_TEST

START_TEST(without_a_trigger_the_clock_brings_messages)
{
	world_begin(&t, false);
	ck_assert_int_eq(unlinkat(t.queue, "lock/trigger", 0), 0);
	world_turns(&t, WORLD_NOW, 2);
	ck_assert(world_log_has(&t, SPAN("lock/trigger")));
	str_reset(&t.log);
	world_submit(&t, 4, SPAN(WORLD_PLAIN));
	world_turns(&t, WORLD_NOW + 1499, 1);
	ck_assert_uint_eq(t.reports[4], 0);
	ck_assert_int_eq(preprocess_wake(&t.p, WORLD_NOW + 1499), 1);
	world_turns(&t, WORLD_NOW + 1500, 1);
	ck_assert_uint_eq(t.reports[4], 1);
	ck_assert(!world_log_has(&t, SPAN("lock/trigger")));
	world_end(&t);
}
END_TEST

START_TEST(a_clock_that_is_set_back_stops_nothing)
{
	world_begin(&t, false);
	world_turns(&t, WORLD_NOW, 2);
	world_submit(&t, 4, SPAN(WORLD_PLAIN));
	ck_assert_int_eq(preprocess_wake(&t.p, WORLD_NOW - 900000), 1500);
	world_turns(&t, WORLD_NOW - 900000, 1);
	ck_assert_int_eq(preprocess_wake(&t.p, WORLD_NOW - 900000 + 1500), 0);
	world_turns(&t, WORLD_NOW - 900000 + 1500, 1);
	ck_assert_uint_eq(t.reports[4], 1);
	world_end(&t);
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
	tcase_add_test(c, a_damaged_entry_is_named_once_an_hour);
	tcase_add_test(c, a_repaired_entry_is_taken_with_the_next_scan);
	tcase_add_test(c, without_a_trigger_the_clock_brings_messages);
	tcase_add_test(c, a_clock_that_is_set_back_stops_nothing);
	return unit_end();
}
