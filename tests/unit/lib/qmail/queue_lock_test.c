/* SPDX-License-Identifier: ISC */
#include "qmail/queue_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/unit.h"

static int
make_queue(void)
{
	int dir = open_tmp_dir();

	ck_assert_int_eq(mkdirat(dir, "lock", 0755), 0);
	ck_assert_int_eq(mkfifoat(dir, "lock/trigger", 0622), 0);
	return dir;
}

static void
make_file(int dir, const char *name)
{
	int fd = openat(dir, name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	ck_assert_int_ne(fd, -1);
	close(fd);
}

static bool
is_pulled(const struct queue_trigger *t)
{
	struct pollfd p = {.fd = t->fd, .events = POLLIN};

	return poll(&p, 1, 0) == 1;
}

START_TEST(the_lock_is_held_by_one)
{
	int dir = make_queue(), first;
	struct err e;

	ck_assert_int_eq(queue_lock_take(dir, &e), -1);
	ck_assert_int_eq(e.sys, ENOENT);
	ck_assert_int_eq(faccessat(dir, "lock/sendmutex", F_OK, 0), -1);

	make_file(dir, "lock/sendmutex");
	first = queue_lock_take(dir, &e);
	ck_assert_int_ne(first, -1);
	ck_assert_int_eq(queue_lock_take(dir, &e), -1);
	ck_assert_int_eq(e.sys, EWOULDBLOCK);
	close(first);
	first = queue_lock_take(dir, &e);
	ck_assert_int_ne(first, -1);
	close(first);
	close(dir);
}
END_TEST

START_TEST(a_pull_wakes_the_reader_once)
{
	int dir = make_queue();
	struct queue_trigger t;
	struct err e;

	queue_trigger_init(&t);
	queue_trigger_pull(dir); /* nobody is there; must not block */
	ck_assert_int_eq(queue_trigger_prepare(&t, dir, &e),
	    QUEUE_TRIGGER_READY);
	ck_assert(!is_pulled(&t));
	queue_trigger_pull(dir);
	queue_trigger_pull(dir);
	ck_assert(is_pulled(&t));
	ck_assert_int_eq(queue_trigger_prepare(&t, dir, &e),
	    QUEUE_TRIGGER_READY);
	ck_assert(!is_pulled(&t)); /* and no hang-up either */
	queue_trigger_close(&t);
	ck_assert_int_eq(openat(dir, "lock/trigger", O_WRONLY | O_NONBLOCK),
	    -1);
	ck_assert_int_eq(errno, ENXIO);
	close(dir);
}
END_TEST

START_TEST(a_new_trigger_is_followed)
{
	int dir = make_queue();
	struct queue_trigger t;
	struct err e;

	queue_trigger_init(&t);
	ck_assert_int_eq(queue_trigger_prepare(&t, dir, &e),
	    QUEUE_TRIGGER_READY);
	ck_assert_int_eq(mkfifoat(dir, "lock/new", 0622), 0);
	ck_assert_int_eq(renameat(dir, "lock/new", dir, "lock/trigger"), 0);
	ck_assert_int_eq(queue_trigger_prepare(&t, dir, &e),
	    QUEUE_TRIGGER_READY);
	queue_trigger_pull(dir);
	ck_assert(is_pulled(&t));
	queue_trigger_close(&t);
	close(dir);
}
END_TEST

START_TEST(what_is_not_a_fifo_is_said_once)
{
	int dir = make_queue();
	struct queue_trigger t;
	struct err e;

	queue_trigger_init(&t);
	ck_assert_int_eq(queue_trigger_prepare(&t, dir, &e),
	    QUEUE_TRIGGER_READY);
	ck_assert_int_eq(unlinkat(dir, "lock/trigger", 0), 0);
	make_file(dir, "lock/trigger");
	ck_assert_int_eq(queue_trigger_prepare(&t, dir, &e),
	    QUEUE_TRIGGER_FAILED);
	ck_assert_int_eq(e.kind, ERR_FORMAT);
	ck_assert_int_eq(t.fd, -1);
	ck_assert_int_eq(queue_trigger_prepare(&t, dir, &e),
	    QUEUE_TRIGGER_FAILING);
	ck_assert_int_eq(unlinkat(dir, "lock/trigger", 0), 0);
	ck_assert_int_eq(queue_trigger_prepare(&t, dir, &e),
	    QUEUE_TRIGGER_FAILING);
	ck_assert_int_eq(mkfifoat(dir, "lock/trigger", 0622), 0);
	ck_assert_int_eq(queue_trigger_prepare(&t, dir, &e),
	    QUEUE_TRIGGER_READY);
	queue_trigger_close(&t);
	close(dir);
}
END_TEST

START_TEST(a_symbolic_link_is_not_followed)
{
	int dir = make_queue();
	struct queue_trigger t;
	struct err e;

	queue_trigger_init(&t);
	ck_assert_int_eq(renameat(dir, "lock/trigger", dir, "real"), 0);
	ck_assert_int_eq(symlinkat("../real", dir, "lock/trigger"), 0);
	ck_assert_int_eq(queue_trigger_prepare(&t, dir, &e),
	    QUEUE_TRIGGER_FAILED);
	queue_trigger_pull(dir);
	close(dir);
}
END_TEST

START_TEST(a_flooded_trigger_is_left_in_bounded_time)
{
	int dir = make_queue(), writer;
	struct queue_trigger t;
	char junk[4096] = {0};
	struct err e;

	queue_trigger_init(&t);
	ck_assert_int_eq(queue_trigger_prepare(&t, dir, &e),
	    QUEUE_TRIGGER_READY);
	writer = openat(dir, "lock/trigger", O_WRONLY | O_NONBLOCK);
	ck_assert_int_ne(writer, -1);
	while (write(writer, junk, sizeof(junk)) > 0)
		;
	queue_trigger_pull(dir); /* full: must not block */
	ck_assert_int_eq(queue_trigger_prepare(&t, dir, &e),
	    QUEUE_TRIGGER_READY);
	ck_assert(!is_pulled(&t));
	close(writer);
	ck_assert(!is_pulled(&t));
	queue_trigger_close(&t);
	close(dir);
}
END_TEST

int
main(void)
{
	TCase *t = unit_begin("qmail/queue_lock");

	tcase_add_test(t, the_lock_is_held_by_one);
	tcase_add_test(t, a_pull_wakes_the_reader_once);
	tcase_add_test(t, a_new_trigger_is_followed);
	tcase_add_test(t, what_is_not_a_fifo_is_said_once);
	tcase_add_test(t, a_symbolic_link_is_not_followed);
	tcase_add_test(t, a_flooded_trigger_is_left_in_bounded_time);
	return unit_end();
}
