/* SPDX-License-Identifier: ISC */
#include "qmail/queue_commit.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "tests/support/queue.h"
#include "tests/support/unit.h"

static const struct queue_layout layouts[] = {
    {3, false, false},
    {3, true, false},
};

static bool
exists(const struct queue_commit *c, enum queue_kind kind)
{
	return faccessat(c->queue_dir, queue_path(c->layout, kind, c->id).text,
	           F_OK, 0) == 0;
}

/* All steps up to the first that fails, as qmail-queue takes them. */
static enum queue_exit
submit(struct queue_commit *c)
{
	enum queue_exit status = queue_commit_create(c, 17, 1000);

	if (status == QUEUE_EXIT_OK)
		status = queue_commit_envelope(c);
	if (status == QUEUE_EXIT_OK)
		status = queue_commit_sync(c);
	if (status == QUEUE_EXIT_OK)
		status = queue_commit_accept(c);
	if (status != QUEUE_EXIT_OK)
		queue_commit_cancel(c);
	queue_commit_close(c);
	return status;
}

START_TEST(any_failed_sync_leaves_nothing_or_a_message)
{
	int dir = open_tmp_dir(), nth = 0;
	enum queue_exit status;
	struct queue_commit c;

	queue_make(dir, &layouts[_i]);
	do {
		queue_commit_init(&c, dir, &layouts[_i]);
		fault_at(FAULT_FSYNC, ++nth, EIO);
		status = submit(&c);
		fault_at(FAULT_FSYNC, 0, 0);
		ck_assert(status == QUEUE_EXIT_OK ||
		          status == QUEUE_EXIT_WRITE ||
		          status == QUEUE_EXIT_TODO);
		ck_assert_int_eq(exists(&c, QUEUE_TODO), c.accepted);
		ck_assert_int_eq(exists(&c, QUEUE_MESS), c.accepted);
		ck_assert_int_eq(exists(&c, QUEUE_INTD), c.accepted);
		ck_assert_int_eq(c.accepted, status != QUEUE_EXIT_WRITE);
	} while (status != QUEUE_EXIT_OK);
	/* mess, intd, perhaps mess/S, todo; and one that went well */
	ck_assert_int_ge(nth, 4);
	ck_assert_int_le(nth, 5);
	close(dir);
}
END_TEST

START_TEST(a_taken_name_in_pid_is_avoided_nine_times)
{
	int dir = open_tmp_dir();
	struct queue_commit c;

	queue_make(dir, &layouts[0]);
	queue_commit_init(&c, dir, &layouts[0]);
	for (char i = '1'; i <= '8'; i++) {
		char name[] = "pid/17.1000.0";

		name[sizeof(name) - 2] = i;
		queue_put(dir, name, SPAN(""));
	}
	ck_assert_int_eq(queue_commit_create(&c, 17, 1000), QUEUE_EXIT_OK);
	queue_commit_cancel(&c);
	queue_commit_close(&c);
	queue_put(dir, "pid/17.1000.9", SPAN(""));
	ck_assert_int_eq(queue_commit_create(&c, 17, 1000), QUEUE_EXIT_PID);
	close(dir);
}
END_TEST

START_TEST(a_stale_intd_of_the_number_is_left_alone)
{
	int dir = open_tmp_dir();
	struct queue_commit c;

	queue_make(dir, &layouts[0]);
	queue_commit_init(&c, dir, &layouts[0]);
	ck_assert_int_eq(queue_commit_create(&c, 17, 1000), QUEUE_EXIT_OK);
	queue_put_file(dir, &layouts[0], QUEUE_INTD, c.id, SPAN("old"));
	ck_assert_int_eq(queue_commit_envelope(&c), QUEUE_EXIT_INTD);
	queue_commit_cancel(&c);
	ck_assert(exists(&c, QUEUE_INTD));
	ck_assert(!exists(&c, QUEUE_MESS));
	queue_commit_close(&c);
	close(dir);
}
END_TEST

START_TEST(a_todo_of_the_number_is_never_replaced)
{
	int dir = open_tmp_dir();
	struct queue_commit c;

	queue_make(dir, &layouts[0]);
	queue_commit_init(&c, dir, &layouts[0]);
	ck_assert_int_eq(queue_commit_create(&c, 17, 1000), QUEUE_EXIT_OK);
	queue_put_file(dir, &layouts[0], QUEUE_TODO, c.id, SPAN("old"));
	ck_assert_int_eq(queue_commit_envelope(&c), QUEUE_EXIT_OK);
	ck_assert_int_eq(queue_commit_sync(&c), QUEUE_EXIT_OK);
	ck_assert_int_eq(queue_commit_accept(&c), QUEUE_EXIT_TODO);
	ck_assert(!c.accepted);
	queue_commit_cancel(&c);
	ck_assert(!exists(&c, QUEUE_INTD));
	ck_assert(!exists(&c, QUEUE_MESS));
	queue_commit_close(&c);
	close(dir);
}
END_TEST

/* What link(2) refused although the name is there must not be taken back. */
START_TEST(a_link_that_was_made_counts)
{
	int dir = open_tmp_dir();
	struct queue_commit c;

	queue_make(dir, &layouts[0]);
	queue_commit_init(&c, dir, &layouts[0]);
	ck_assert_int_eq(queue_commit_create(&c, 17, 1000), QUEUE_EXIT_OK);
	ck_assert_int_eq(queue_commit_envelope(&c), QUEUE_EXIT_OK);
	ck_assert_int_eq(linkat(dir,
	                     queue_path(&layouts[0], QUEUE_INTD, c.id).text,
	                     dir,
	                     queue_path(&layouts[0], QUEUE_TODO, c.id).text, 0),
	    0);
	ck_assert_int_eq(queue_commit_accept(&c), QUEUE_EXIT_TODO);
	ck_assert(c.accepted);
	queue_commit_cancel(&c);
	ck_assert(exists(&c, QUEUE_INTD));
	ck_assert(exists(&c, QUEUE_MESS));
	queue_commit_close(&c);
	close(dir);
}
END_TEST

/* An intd that stays must not lose its mess: nothing would collect it. */
START_TEST(mess_stays_when_intd_cannot_be_removed)
{
	int dir = open_tmp_dir();
	struct queue_commit c;

	queue_make(dir, &layouts[0]);
	queue_commit_init(&c, dir, &layouts[0]);
	ck_assert_int_eq(queue_commit_create(&c, 17, 1000), QUEUE_EXIT_OK);
	ck_assert_int_eq(mkdirat(dir,
	                     queue_path(&layouts[0], QUEUE_INTD, c.id).text,
	                     0755),
	    0);
	c.intd_fd = dup(dir);
	queue_commit_cancel(&c);
	ck_assert(exists(&c, QUEUE_MESS));
	queue_commit_close(&c);
	close(dir);
}
END_TEST

int
main(void)
{
	TCase *t = unit_begin("qmail/queue_commit");

	tcase_add_loop_test(t, any_failed_sync_leaves_nothing_or_a_message, 0,
	    ROWS(layouts));
	tcase_add_test(t, a_taken_name_in_pid_is_avoided_nine_times);
	tcase_add_test(t, a_stale_intd_of_the_number_is_left_alone);
	tcase_add_test(t, a_todo_of_the_number_is_never_replaced);
	tcase_add_test(t, a_link_that_was_made_counts);
	tcase_add_test(t, mess_stays_when_intd_cannot_be_removed);
	return unit_end();
}
