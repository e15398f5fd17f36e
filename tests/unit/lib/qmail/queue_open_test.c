/* SPDX-License-Identifier: ISC */
#include "qmail/queue_open.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "qmail/queue_path.h"
#include "tests/support/queue.h"
#include "tests/support/unit.h"

enum { SEND_UID = 40001, SEND_GID = 40002 };

static char path[64];

/* A home with a queue in a folder whose path is then in path. */
static int
make_home(void)
{
	static const struct queue_layout layout = {.split = 1};
	int dir = open_tmp_dir(), queue;
	char link[64];
	ssize_t n;

	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", dir);
	n = readlink(link, path, sizeof(path) - 1);
	ck_assert_int_gt(n, 0);
	path[n] = '\0';
	ck_assert_int_eq(mkdirat(dir, "queue", 0700), 0);
	queue = openat(dir, "queue", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	queue_make(queue, &layout);
	(void)close(queue);
	return dir;
}

START_TEST(home_and_queue_can_be_given)
{
	int dir = make_home(), fd;
	struct stat st;

	fd = queue_open_to_read(path, NULL, NULL);
	ck_assert_int_ne(fd, -1);
	ck_assert_int_eq(fstatat(fd, "mess/0", &st, 0), 0);
	(void)close(fd);
	ck_assert_int_eq(fchdir(dir), 0);
	fd = queue_open_to_read(".", NULL, NULL);
	ck_assert_int_ne(fd, -1);
	(void)close(fd);
	fd = queue_open_to_read("/nonexistent", "queue", NULL);
	ck_assert_int_ne(fd, -1);
	(void)close(fd);
	setenv("QMAILHOME", path, 1);
	fd = queue_open_to_read(NULL, NULL, NULL);
	ck_assert_int_ne(fd, -1);
	(void)close(fd);
}
END_TEST

START_TEST(what_is_missing_is_named)
{
	struct err e;

	make_home();
	ck_assert_int_eq(queue_open_to_read("/nonexistent", NULL, &e), -1);
	ck_assert_int_eq(e.sys, ENOENT);
	ck_assert_int_eq(queue_open_to_read(NULL, "/nonexistent", &e), -1);
	ck_assert_str_eq(e.text,
	    "cannot open directory /nonexistent: No such file or directory");
}
END_TEST

static void
become_owner_of_info(bool one_user)
{
	int dir = make_home(), fd;

	ck_assert_int_eq(fchownat(dir, "queue/info", SEND_UID, SEND_GID + 1, 0),
	    0);
	ck_assert_int_eq(fchownat(dir, "queue/mess", 0, SEND_GID, 0), 0);
	if (one_user)
		ck_assert_int_eq(fchown(dir, SEND_UID, SEND_GID), 0);
	ck_assert_int_eq(fchmodat(dir, "queue", 0755, 0), 0);
	ck_assert_int_eq(chmod(unit_tmp_path(), 0755), 0);
	ck_assert_int_eq(fchmod(dir, 0755), 0);
	fd = queue_open_to_read(path, NULL, NULL);
	ck_assert_int_ne(fd, -1);
	ck_assert_int_eq(getuid(), SEND_UID);
	ck_assert_int_eq(geteuid(), SEND_UID);
	ck_assert_int_eq(getgid(), SEND_GID);
	ck_assert_int_eq(setuid(0), -1);
}

START_TEST(root_becomes_who_owns_info)
{
	if (getuid() == 0)
		become_owner_of_info(false);
}
END_TEST

START_TEST(root_becomes_the_owner_of_a_one_user_home)
{
	if (getuid() == 0)
		become_owner_of_info(true);
}
END_TEST

START_TEST(root_stays_where_only_root_can_read)
{
	int fd;

	make_home();
	fd = queue_open_to_read(path, NULL, NULL);
	ck_assert_int_ne(fd, -1);
	ck_assert_int_eq(faccessat(fd, "info/0", R_OK, 0), 0);
}
END_TEST

int
main(void)
{
	TCase *t = unit_begin("qmail/queue_open");

	tcase_add_test(t, home_and_queue_can_be_given);
	tcase_add_test(t, what_is_missing_is_named);
	tcase_add_test(t, root_becomes_who_owns_info);
	tcase_add_test(t, root_becomes_the_owner_of_a_one_user_home);
	tcase_add_test(t, root_stays_where_only_root_can_read);
	return unit_end();
}
