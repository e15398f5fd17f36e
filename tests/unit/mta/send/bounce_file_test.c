/* SPDX-License-Identifier: ISC */
#include "mta/send/bounce_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "qmail/bounce.h"
#include "tests/support/unit.h"

static int
make_queue(void)
{
	int queue = open_tmp_dir();

	ck_assert_int_eq(mkdirat(queue, "bounce", 0700), 0);
	return queue;
}

static void
ck_file(int queue, struct span want, const char *label)
{
	struct str got = {0};

	ck_assert_int_eq(file_load(queue, "bounce/457", 1 << 22, &got, NULL),
	    0);
	ck_span(str_span(&got), want, label);
	str_free(&got);
}

START_TEST(paragraphs_are_appended)
{
	int queue = make_queue();
	struct stat st;

	ck_assert_int_eq(bounce_file_append(queue, "bounce/457", false,
	                     SPAN("<a@b>:\nx\n\n"), NULL),
	    0);
	ck_assert_int_eq(fstatat(queue, "bounce/457", &st, 0), 0);
	ck_assert_uint_eq(st.st_mode & 0777, 0600);
	ck_assert_int_eq(bounce_file_append(queue, "bounce/457", true,
	                     SPAN("<c@d>:\ny\n\n"), NULL),
	    0);
	/* also when it was believed not to exist */
	ck_assert_int_eq(bounce_file_append(queue, "bounce/457", false,
	                     SPAN("<e@f>:\nz\n\n"), NULL),
	    0);
	ck_file(queue, SPAN("<a@b>:\nx\n\n<c@d>:\ny\n\n<e@f>:\nz\n\n"),
	    "three");
	close(queue);
}
END_TEST

START_TEST(any_failed_sync_leaves_the_file_as_it_was)
{
	int queue = make_queue(), rc = -1;
	struct err e;

	for (int nth = 1; rc == -1; nth++) {
		fault_at(FAULT_FSYNC, nth, EIO);
		rc = bounce_file_append(queue, "bounce/457", true, SPAN("new"),
		    &e);
		ck_assert(rc == 0 || e.sys == EIO);
		ck_assert(
		    rc == 0 || faccessat(queue, "bounce/457", F_OK, 0) == -1);
	}
	ck_file(queue, SPAN("new"), "first");
	fault_at(FAULT_FSYNC, 1, EIO);
	ck_assert_int_eq(bounce_file_append(queue, "bounce/457", true,
	                     SPAN("more"), &e),
	    -1);
	ck_file(queue, SPAN("new"), "second");
	fault_at(FAULT_FSYNC, 0, 0);
	close(queue);
}
END_TEST

START_TEST(a_full_file_counts_what_is_left_out)
{
	int queue = make_queue();
	struct str want = {0};

	while (want.n < BOUNCE_FILE_MAX - 10)
		str_put(&want, SPAN("<a@b>:\nx\n\n"));
	ck_assert_int_eq(bounce_file_append(queue, "bounce/457", false,
	                     str_span(&want), NULL),
	    0);
	for (uint64_t i = 0; i < 12; i++)
		ck_assert_int_eq(bounce_file_append(queue, "bounce/457", true,
		                     SPAN("<c@d>:\nlong report\n\n"), NULL),
		    0);
	str_put(&want, SPAN("<c@d>:\nlong report\n"));
	bounce_omitted_put(&want, 11);
	ck_file(queue, str_span(&want), "full");
	str_free(&want);
	close(queue);
}
END_TEST

START_TEST(other_types_are_refused)
{
	int queue = make_queue();
	struct err e;

	ck_assert_int_eq(mkfifoat(queue, "bounce/457", 0600), 0);
	ck_assert_int_eq(bounce_file_append(queue, "bounce/457", true,
	                     SPAN("x"), &e),
	    -1);
	ck_assert_int_eq(bounce_file_append(queue, "bounce/457", false,
	                     SPAN("x"), &e),
	    -1);
	ck_assert_int_eq(unlinkat(queue, "bounce/457", 0), 0);
	ck_assert_int_eq(symlinkat("/etc/passwd", queue, "bounce/457"), 0);
	ck_assert_int_eq(bounce_file_append(queue, "bounce/457", true,
	                     SPAN("x"), &e),
	    -1);
	close(queue);
}
END_TEST

int
main(void)
{
	TCase *t = unit_begin("send/bounce_file");

	tcase_add_test(t, paragraphs_are_appended);
	tcase_add_test(t, any_failed_sync_leaves_the_file_as_it_was);
	tcase_add_test(t, a_full_file_counts_what_is_left_out);
	tcase_add_test(t, other_types_are_refused);
	return unit_end();
}
