/* SPDX-License-Identifier: ISC */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "tests/support/unit.h"

static bool
holds(int dir, struct span want)
{
	struct str got = {0};
	bool same;

	ck_assert_int_eq(file_load(dir, "me", 100, &got, NULL), 0);
	same = span_eq(str_span(&got), want);
	str_free(&got);
	return same;
}

START_TEST(any_failed_sync_leaves_old_or_new)
{
	int dir = open_tmp_dir(), rc = -1;
	struct err e = {0};

	ck_assert_int_eq(file_replace(dir, "me", SPAN("old\n"), 0644, &e), 0);
	for (int nth = 1; rc == -1; nth++) {
		fault_at(FAULT_FSYNC, nth, EIO);
		rc = file_replace(dir, "me", SPAN("new\n"), 0644, &e);
		ck_assert(rc == 0 || e.sys == EIO);
		ck_assert(
		    holds(dir, SPAN("old\n")) || holds(dir, SPAN("new\n")));
		ck_assert_int_eq(faccessat(dir, "me.new", F_OK, 0), -1);
	}
	fault_at(FAULT_FSYNC, 0, 0);
	ck_assert(holds(dir, SPAN("new\n")));
}
END_TEST

static void
replace_and_check(int at, const char *name, int parent)
{
	struct stat st;

	ck_assert_int_eq(file_replace(at, name, SPAN("x"), 0644, NULL), 0);
	ck_assert_int_eq(fstat(parent, &st), 0);
	ck_assert_msg(fault_last_synced() == st.st_ino, "%s", name);
}

START_TEST(the_directory_of_the_new_name_is_synced)
{
	int dir = open_tmp_dir(), sub;
	char name[300] = "sub/";

	ck_assert_int_eq(mkdirat(dir, "sub", 0700), 0);
	sub = file_open_dir(dir, "sub", NULL);
	replace_and_check(dir, "me", dir);
	replace_and_check(dir, "sub/me", sub);
	ck_assert_int_eq(fchdir(dir), 0);
	replace_and_check(AT_FDCWD, "me", dir);
	replace_and_check(AT_FDCWD, "sub/me", sub);
	for (size_t i = 4; i < sizeof(name) - 1; i++)
		name[i] = '/';
	ck_assert_int_eq(file_sync_parent(dir, name, NULL), -1);
	fd_close(&sub);
}
END_TEST

START_TEST(load_refuses_what_is_no_small_regular_file)
{
	int dir = open_tmp_dir();
	struct str out = {0};
	struct err e;

	ck_assert_int_eq(file_load(dir, "none", 10, &out, &e), -1);
	ck_assert_int_eq(e.sys, ENOENT);
	ck_assert_int_eq(mkfifoat(dir, "fifo", 0600), 0);
	ck_assert_int_eq(file_load(dir, "fifo", 10, &out, &e), -1);
	ck_assert_int_eq(e.kind, ERR_FORMAT);
	ck_assert_int_eq(mkdirat(dir, "dir", 0700), 0);
	ck_assert_int_eq(file_load(dir, "dir", 10, &out, &e), -1);
	ck_assert_int_eq(e.sys, EISDIR);
	ck_assert_int_eq(file_replace(dir, "big", SPAN("12345678901"), 0600,
	                     &e),
	    0);
	ck_assert_int_eq(file_load(dir, "big", 10, &out, &e), -1);
	ck_assert_int_eq(e.kind, ERR_LIMIT);
	str_free(&out);
}
END_TEST

START_TEST(long_names_are_refused)
{
	char name[300];
	struct err e;

	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	ck_assert_int_eq(file_replace(open_tmp_dir(), name, SPAN("x"), 0600,
	                     &e),
	    -1);
	ck_assert_int_eq(e.kind, ERR_LIMIT);
}
END_TEST

int
main(void)
{
	TCase *t = unit_begin("base/file");

	tcase_add_test(t, any_failed_sync_leaves_old_or_new);
	tcase_add_test(t, the_directory_of_the_new_name_is_synced);
	tcase_add_test(t, load_refuses_what_is_no_small_regular_file);
	tcase_add_test(t, long_names_are_refused);
	return unit_end();
}
