/* SPDX-License-Identifier: ISC */
#include "mta/send/todo_sync.h"

#include <errno.h>

#include "tests/support/todo_world.h"

static struct todo_world t;

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
put_group(uint64_t first)
{
	for (uint64_t id = first; id < first + TODO_SYNC_MIN; id++) {
		t.reports[id] = 0;
		world_submit(&t, id, SPAN(WORLD_PLAIN));
	}
	preprocess_pulled(&t.p);
	fault_at(FAULT_FSYNC, 2, EIO); /* the first is that of todo */
	world_turns(&t, WORLD_NOW, 2);
}

START_TEST(a_large_group_is_synced_with_one_call)
{
	world_begin(&t, false);
	t.p.group.sync = (struct todo_sync){fake_whole, fake_clock, 0};
	world_submit(&t, 4, SPAN(WORLD_PLAIN));
	world_turns(&t, WORLD_NOW, 2);
	ck_assert_uint_eq(whole.calls, 0); /* a small one is not */
	t.reports[4] = 0;
	put_group(1);
	ck_assert_uint_eq(whole.calls, 1);
	for (uint64_t id = 1; id <= TODO_SYNC_MIN; id++) {
		world_check_not_lost(&t, id);
		ck_assert_uint_eq(t.reports[id], 1);
	}
	world_end(&t);
}
END_TEST

START_TEST(when_the_one_call_fails_each_file_is_asked)
{
	world_begin(&t, false);
	t.p.group.sync = (struct todo_sync){fake_whole, fake_clock, 0};
	whole.result = -1;
	put_group(1);
	ck_assert_uint_eq(whole.calls, 1);
	ck_assert(world_log_has(&t, SPAN("warning: trouble fsyncing ")));
	world_turns(&t, WORLD_NOW + 10, 2);
	for (uint64_t id = 1; id <= TODO_SYNC_MIN; id++) {
		world_check_not_lost(&t, id);
		ck_assert_uint_eq(t.reports[id], 1);
	}
	world_end(&t);
}
END_TEST

START_TEST(after_a_slow_call_the_next_groups_go_file_by_file)
{
	world_begin(&t, false);
	t.p.group.sync = (struct todo_sync){fake_whole, fake_clock, 0};
	whole.takes = TODO_SYNC_SLOW_US + 1;
	put_group(1);
	whole.takes = 0;
	for (int i = 0; i < TODO_SYNC_SKIP; i++)
		ck_assert(!todo_sync_whole(&t.p.group.sync, t.queue, 64));
	ck_assert_uint_eq(whole.calls, 1);
	ck_assert(todo_sync_whole(&t.p.group.sync, t.queue, 64));
	ck_assert(todo_sync_whole(&t.p.group.sync, t.queue, 64));
	world_end(&t);
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

int
main(void)
{
	TCase *c = unit_begin("send/todo_sync");

	tcase_add_test(c, a_large_group_is_synced_with_one_call);
	tcase_add_test(c, when_the_one_call_fails_each_file_is_asked);
	tcase_add_test(c, after_a_slow_call_the_next_groups_go_file_by_file);
	tcase_add_test(c, old_kernels_are_not_trusted);
	return unit_end();
}
