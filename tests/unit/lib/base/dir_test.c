/* SPDX-License-Identifier: ISC */
#include "base/dir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/in.h"
#include "tests/support/unit.h"

enum { FILES = 5000 };

static void
touch(int dir, const char *name)
{
	int fd = openat(dir, name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	ck_assert_int_ne(fd, -1);
	fd_close(&fd);
}

/* More than one buffer of the system holds. */
START_TEST(every_entry_comes_once)
{
	struct dir d = {.fd = -1};
	struct dir_entry entry;
	int top = open_tmp_dir(), n = 0, rc;
	static bool seen[FILES];
	struct stat st;

	for (int i = 0; i < FILES; i++) {
		char name[40];

		(void)snprintf(name, sizeof(name), "a-rather-long-name-%d", i);
		touch(top, name);
	}
	ck_assert_int_eq(dir_open(&d, top, ".", NULL), 0);
	while ((rc = dir_next(&d, &entry)) == 1) {
		int i;

		ck_assert_int_eq(sscanf(entry.name.p, "a-rather-long-name-%d",
		                     &i),
		    1);
		ck_assert(i >= 0 && i < FILES && !seen[i]);
		seen[i] = true;
		n++;
		if (n % 1000 != 0)
			continue;
		ck_assert_int_eq(fstatat(d.fd, entry.name.p, &st, 0), 0);
		ck_assert_uint_eq(st.st_ino, entry.ino);
		ck_assert(entry.type == DT_REG || entry.type == DT_UNKNOWN);
	}
	ck_assert_int_eq(rc, 0);
	ck_assert_int_eq(n, FILES);
	dir_free(&d);
}
END_TEST

START_TEST(one_struct_reads_many_directories)
{
	struct dir d = {.fd = -1};
	struct dir_entry entry;
	struct err e;
	int top = open_tmp_dir();

	ck_assert_int_eq(mkdirat(top, "a", 0700), 0);
	touch(top, "a/x");
	ck_assert_int_eq(symlinkat("a", top, "link"), 0);
	for (int i = 0; i < 3; i++) {
		ck_assert_int_eq(dir_open(&d, top, "a", NULL), 0);
		ck_assert_int_eq(dir_next(&d, &entry), 1);
		ck_span(entry.name, SPAN("x"), "name");
	}
	ck_assert_int_eq(dir_next(&d, &entry), 0);
	ck_assert_int_eq(dir_open(&d, top, "b", &e), -1);
	ck_assert_int_eq(e.sys, ENOENT);
	ck_assert_str_eq(e.text,
	    "cannot open directory b: No such file or directory");
	ck_assert_int_eq(dir_open(&d, top, "link", &e), -1);
	ck_assert_int_eq(d.fd, -1);
	dir_free(&d);
}
END_TEST

/* Numbers with a gap, and more than a batch holds. */
START_TEST(a_batch_closes_all_it_was_given)
{
	struct fd_batch b = {0};
	int dir = open_tmp_dir(), kept, lowest = dup(dir);
	int fd[200];

	fd[0] = dup(dir);
	kept = dup(dir);
	for (int i = 1; i < 200; i++)
		fd[i] = dup(dir);
	for (int i = 199; i >= 0; i--) {
		fd_batch_add(&b, fd[i]);
		if (i == 100)
			fd_batch_close(&b);
	}
	fd_batch_close(&b);
	fd_batch_close(&b);
	for (int i = 0; i < 200; i++)
		ck_assert_int_eq(fcntl(fd[i], F_GETFD), -1);
	ck_assert_int_ne(fcntl(kept, F_GETFD), -1);
	fd_close(&kept);
	fd_close(&lowest);
}
END_TEST

START_TEST(a_reader_goes_from_file_to_file)
{
	int dir = open_tmp_dir(), fd;
	struct in in;
	struct span bytes;

	ck_assert_int_eq(file_replace(dir, "a", SPAN("first"), 0600, NULL), 0);
	ck_assert_int_eq(file_replace(dir, "b", SPAN(""), 0600, NULL), 0);
	ck_assert_int_eq(in_open(&in, -1), 0);
	for (int i = 0; i < 2; i++) {
		fd = openat(dir, "a", O_RDONLY | O_CLOEXEC);
		in_reopen(&in, fd, true);
		ck_assert_int_eq(in_peek(&in, &bytes), IN_OK);
		ck_span(bytes, SPAN("first"), "a");
		in_consume(&in, bytes.n);
		/* the end is known: a descriptor that is gone is not read */
		fd_close(&fd);
		ck_assert_int_eq(in_peek(&in, &bytes), IN_END);
		fd = openat(dir, "b", O_RDONLY | O_CLOEXEC);
		in_reopen(&in, fd, true);
		ck_assert_int_eq(in_peek(&in, &bytes), IN_END);
		fd_close(&fd);
	}
	in_close(&in);
}
END_TEST

int
main(void)
{
	TCase *t = unit_begin("base/dir");

	tcase_add_test(t, every_entry_comes_once);
	tcase_add_test(t, one_struct_reads_many_directories);
	tcase_add_test(t, a_batch_closes_all_it_was_given);
	tcase_add_test(t, a_reader_goes_from_file_to_file);
	return unit_end();
}
