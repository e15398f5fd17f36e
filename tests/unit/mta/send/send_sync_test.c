/* SPDX-License-Identifier: ISC */
#include "mta/send/send_sync.h"

#include <fcntl.h>
#include <unistd.h>

#include "tests/support/unit.h"

static int
make_file(int dir, const char *name)
{
	int fd = openat(dir, name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	ck_assert_int_ne(fd, -1);
	return fd;
}

static bool
is_open(int fd)
{
	return fcntl(fd, F_GETFD) != -1;
}

START_TEST(a_group_ends_with_its_last_mark)
{
	int dir = open_tmp_dir(), fd = make_file(dir, "a");
	struct send_sync s = {0};

	for (int i = 1; i < SEND_SYNC_MARKS; i++) {
		send_sync_mark(&s, fd, 1000 + i);
		ck_assert_uint_eq(s.n, 1);
		ck_assert_int_eq(s.deadline, 1002);
	}
	send_sync_mark(&s, fd, 1000);
	ck_assert_uint_eq(s.n, 0);
	ck_assert(is_open(fd));
	ck_assert_int_eq(s.failed, 0);
}
END_TEST

START_TEST(files_are_closed_after_their_sync)
{
	int dir = open_tmp_dir();
	int a = make_file(dir, "a"), b = make_file(dir, "b");
	struct send_sync s = {0};

	send_sync_mark(&s, a, 1000);
	send_sync_close(&s, a);
	send_sync_close(&s, b);
	ck_assert(is_open(a) && !is_open(b));
	send_sync_flush(&s);
	ck_assert(!is_open(a));
	ck_assert_uint_eq(s.n, 0);
}
END_TEST

START_TEST(removed_files_need_no_sync)
{
	int dir = open_tmp_dir();
	int a = make_file(dir, "a"), b = make_file(dir, "b");
	struct send_sync s = {0};

	send_sync_mark(&s, a, 1000);
	send_sync_mark(&s, b, 1000);
	send_sync_forget(&s, a);
	send_sync_forget(&s, a);
	ck_assert_uint_eq(s.n, 1);
	send_sync_close(&s, a);
	ck_assert(!is_open(a));
	send_sync_forget(&s, b);
	ck_assert_uint_eq(s.n, 0);
}
END_TEST

START_TEST(failures_are_remembered)
{
	int ends[2];
	struct send_sync s = {0};

	ck_assert_int_eq(pipe(ends), 0);
	send_sync_mark(&s, ends[1], 1000); /* a pipe cannot be synced */
	send_sync_flush(&s);
	ck_assert_int_ne(s.failed, 0);
}
END_TEST

int
main(void)
{
	TCase *t = unit_begin("send/send_sync");

	tcase_add_test(t, a_group_ends_with_its_last_mark);
	tcase_add_test(t, files_are_closed_after_their_sync);
	tcase_add_test(t, removed_files_need_no_sync);
	tcase_add_test(t, failures_are_remembered);
	return unit_end();
}
