/* SPDX-License-Identifier: ISC */
#include "mta/local/local_mbox.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "tests/support/unit.h"

static void
open_message(struct local_message *m, struct span text)
{
	int fd;

	ck_assert_int_eq(fchdir(open_tmp_dir()), 0);
	fd = open("message", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	ck_assert_int_eq(fd_write_full(fd, text.p, text.n), 0);
	ck_assert_int_eq(local_message_open(m, fd), 0);
}

static void
check_mbox(const char *name, const char *want)
{
	struct str got = {0};
	struct err e;

	ck_assert_int_eq(file_load(AT_FDCWD, name, 1 << 20, &got, &e), 0);
	ck_span(str_span(&got), span_cstr(want), name);
	str_free(&got);
}

START_TEST(messages_are_appended)
{
	struct local_message m;
	struct stat st;
	struct err e;

	open_message(&m, SPAN("S: x\n\n>From a\nend"));
	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(local_mbox_deliver("box", SPAN("From s\n"), &m,
		                     &e),
		    LOCAL_MBOX_OK);
	check_mbox("box", "From s\nS: x\n\n>>From a\nend\n\n"
	                  "From s\nS: x\n\n>>From a\nend\n\n");
	ck_assert_int_eq(stat("box", &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0600);
	local_message_close(&m);
}
END_TEST

START_TEST(a_dangling_link_creates_its_target)
{
	struct local_message m;
	struct err e;

	open_message(&m, SPAN("x\n"));
	ck_assert_int_eq(mkdir("sub", 0700), 0);
	ck_assert_int_eq(symlink("sub/real", "box"), 0);
	ck_assert_int_eq(local_mbox_deliver("box", SPAN("F\n"), &m, &e),
	    LOCAL_MBOX_OK);
	check_mbox("sub/real", "F\nx\n\n");
	local_message_close(&m);
}
END_TEST

START_TEST(what_cannot_be_opened_is_absent)
{
	struct local_message m;
	struct err e;

	open_message(&m, SPAN("x\n"));
	ck_assert_int_eq(mkdir("box", 0700), 0);
	ck_assert_int_eq(mkfifo("fifo", 0600), 0);
	ck_assert_int_eq(local_mbox_deliver("box", SPAN("F\n"), &m, &e),
	    LOCAL_MBOX_ABSENT);
	ck_assert_int_eq(local_mbox_deliver("fifo", SPAN("F\n"), &m, &e),
	    LOCAL_MBOX_ABSENT);
	ck_assert_int_eq(local_mbox_deliver("no/box", SPAN("F\n"), &m, &e),
	    LOCAL_MBOX_ABSENT);
	local_message_close(&m);
}
END_TEST

START_TEST(any_failed_sync_leaves_the_old_content)
{
	enum local_mbox_status status = LOCAL_MBOX_TROUBLE;
	struct local_message m;
	struct err e;
	int nth;

	open_message(&m, SPAN("x\n"));
	for (nth = 1; status != LOCAL_MBOX_OK; nth++) {
		(void)unlink("box");
		fault_at(FAULT_FSYNC, nth, EIO);
		status = local_mbox_deliver("box", SPAN("F\n"), &m, &e);
		check_mbox("box", status == LOCAL_MBOX_OK ? "F\nx\n\n" : "");
	}
	ck_assert_int_eq(nth, 4); /* the file, its directory, none */

	fault_at(FAULT_FSYNC, 1, EIO);
	ck_assert_int_eq(local_mbox_deliver("box", SPAN("F\n"), &m, &e),
	    LOCAL_MBOX_TROUBLE);
	ck_assert_int_eq(e.sys, EIO);
	check_mbox("box", "F\nx\n\n");
	fault_at(FAULT_FSYNC, 2, EIO); /* only a new name needs a second one */
	ck_assert_int_eq(local_mbox_deliver("box", SPAN("F\n"), &m, &e),
	    LOCAL_MBOX_OK);
	local_message_close(&m);
}
END_TEST

START_TEST(an_unreadable_message_leaves_the_old_content)
{
	struct local_message m;
	struct err e;
	int ends[2];

	open_message(&m, SPAN("x\n"));
	ck_assert_int_eq(local_mbox_deliver("box", SPAN("F\n"), &m, &e),
	    LOCAL_MBOX_OK);
	local_message_close(&m);
	ck_assert_int_eq(fd_pipe(ends), 0);
	ck_assert_int_eq(local_message_open(&m, ends[0]), 0);
	ck_assert_int_eq(local_mbox_deliver("box", SPAN("F\n"), &m, &e),
	    LOCAL_MBOX_TROUBLE);
	check_mbox("box", "F\nx\n\n");
	local_message_close(&m);
}
END_TEST

START_TEST(no_standard_descriptor_is_used)
{
	struct local_message m;
	struct err e;

	open_message(&m, SPAN("x\n"));
	(void)close(STDOUT_FILENO);
	ck_assert_int_eq(local_mbox_deliver("box", SPAN("F\n"), &m, &e),
	    LOCAL_MBOX_OK);
	ck_assert_int_eq(fcntl(STDOUT_FILENO, F_GETFD), -1);
	check_mbox("box", "F\nx\n\n");
	local_message_close(&m);
}
END_TEST

int
main(void)
{
	TCase *t = unit_begin("local/local_mbox");

	tcase_add_test(t, messages_are_appended);
	tcase_add_test(t, a_dangling_link_creates_its_target);
	tcase_add_test(t, what_cannot_be_opened_is_absent);
	tcase_add_test(t, any_failed_sync_leaves_the_old_content);
	tcase_add_test(t, an_unreadable_message_leaves_the_old_content);
	tcase_add_test(t, no_standard_descriptor_is_used);
	return unit_end();
}
