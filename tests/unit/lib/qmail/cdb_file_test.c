/* SPDX-License-Identifier: ISC */
#include "qmail/cdb_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "tests/support/unit.h"

static int
make(int dir, struct span key, struct span data, struct err *e)
{
	struct cdb_file_make m;

	if (cdb_file_create(&m, dir, "db", "db.tmp", e) == -1)
		return -1;
	cdb_file_add(&m, key, data);
	cdb_file_add(&m, SPAN("twice"), SPAN("first"));
	cdb_file_add(&m, SPAN("twice"), SPAN("second"));
	cdb_file_add(&m, SPAN(""), (struct span){0});
	return cdb_file_commit(&m, 0640, e);
}

static bool
holds(int dir, struct span key, struct span want)
{
	struct cdb_file c;
	struct span data;
	bool same;

	ck_assert_int_eq(cdb_file_open(&c, dir, "db", NULL), 0);
	same = cdb_file_find(&c, key, &data, NULL) == CDB_FILE_FOUND &&
	       span_eq(data, want);
	cdb_file_close(&c);
	return same;
}

START_TEST(what_is_made_can_be_found)
{
	int dir = open_tmp_dir();
	struct stat st;
	struct err e;

	ck_assert_int_eq(make(dir, SPAN("k\0ey"), SPAN("da\0ta"), &e), 0);
	ck_assert(holds(dir, SPAN("k\0ey"), SPAN("da\0ta")));
	ck_assert(holds(dir, SPAN("twice"), SPAN("first")));
	ck_assert(holds(dir, SPAN(""), SPAN("")));
	ck_assert(!holds(dir, SPAN("k"), SPAN("da\0ta")));
	ck_assert_int_eq(fstatat(dir, "db", &st, 0), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0640);
	ck_assert_int_eq(faccessat(dir, "db.tmp", F_OK, 0), -1);
}
END_TEST

START_TEST(records_come_in_the_order_they_were_added)
{
	static const struct span keys[] = {SPAN_INIT("k"), SPAN_INIT("twice"),
	    SPAN_INIT("twice"), SPAN_INIT("")};
	int dir = open_tmp_dir();
	struct span key, data;
	struct cdb_file c;
	unsigned at = 0;

	ck_assert_int_eq(make(dir, SPAN("k"), SPAN("d"), NULL), 0);
	ck_assert_int_eq(cdb_file_open(&c, dir, "db", NULL), 0);
	for (int i = 0; i < ROWS(keys); i++) {
		ck_assert_int_eq(cdb_file_next(&c, &at, &key, &data, NULL),
		    CDB_FILE_FOUND);
		ck_span(key, keys[i], "key");
	}
	ck_assert_int_eq(cdb_file_next(&c, &at, &key, &data, NULL),
	    CDB_FILE_ABSENT);
	cdb_file_close(&c);
}
END_TEST

START_TEST(any_failed_sync_leaves_old_or_new)
{
	int dir = open_tmp_dir(), rc = -1;
	struct err e;

	ck_assert_int_eq(make(dir, SPAN("k"), SPAN("old"), &e), 0);
	for (int nth = 1; rc == -1; nth++) {
		fault_at(FAULT_FSYNC, nth, EIO);
		rc = make(dir, SPAN("k"), SPAN("new"), &e);
		ck_assert(rc == 0 || e.sys == EIO);
		ck_assert(holds(dir, SPAN("k"), SPAN("old")) ||
		          holds(dir, SPAN("k"), SPAN("new")));
		ck_assert_int_eq(faccessat(dir, "db.tmp", F_OK, 0), -1);
		ck_assert_int_lt(nth, 10);
	}
	ck_assert(holds(dir, SPAN("k"), SPAN("new")));
}
END_TEST

START_TEST(an_abandoned_database_leaves_the_old_one)
{
	int dir = open_tmp_dir();
	struct cdb_file_make m;

	ck_assert_int_eq(make(dir, SPAN("k"), SPAN("old"), NULL), 0);
	ck_assert_int_eq(cdb_file_create(&m, dir, "db", "db.tmp", NULL), 0);
	cdb_file_add(&m, SPAN("k"), SPAN("new"));
	cdb_file_abandon(&m);
	ck_assert(holds(dir, SPAN("k"), SPAN("old")));
	ck_assert_int_eq(faccessat(dir, "db.tmp", F_OK, 0), -1);
}
END_TEST

START_TEST(what_is_no_database_is_refused)
{
	int dir = open_tmp_dir();
	struct cdb_file c;
	struct err e;

	ck_assert_int_eq(cdb_file_open(&c, dir, "absent", &e), -1);
	ck_assert_int_eq(e.sys, ENOENT);
	ck_assert_int_eq(file_replace(dir, "short", SPAN("too short"), 0600,
	                     &e),
	    0);
	ck_assert_int_eq(cdb_file_open(&c, dir, "short", &e), -1);
	ck_assert_int_eq(e.kind, ERR_FORMAT);
	ck_assert_int_eq(mkdirat(dir, "folder", 0700), 0);
	ck_assert_int_eq(cdb_file_open(&c, dir, "folder", &e), -1);
	ck_assert_int_eq(mkfifoat(dir, "fifo", 0600), 0);
	ck_assert_int_eq(cdb_file_open(&c, dir, "fifo", &e), -1);
}
END_TEST

/* Every byte of the file wrong in turn: lookups answer or refuse, and stay
 * within the mapping (the sanitizers watch). */
START_TEST(damage_is_survived)
{
	static const struct span keys[] = {SPAN_INIT("k"), SPAN_INIT("twice"),
	    SPAN_INIT(""), SPAN_INIT("absent")};
	int dir = open_tmp_dir();
	struct str good = {0}, bad = {0};
	struct cdb_file c;
	struct span data;
	enum cdb_file_status got;

	ck_assert_int_eq(make(dir, SPAN("k"), SPAN("data"), NULL), 0);
	ck_assert_int_eq(file_load(dir, "db", 65536, &good, NULL), 0);
	for (size_t i = 0; i < good.n; i++) {
		int fd;

		str_reset(&bad);
		str_put(&bad, str_span(&good));
		bad.p[i] = (char)0xff;
		fd = openat(dir, "bad", O_WRONLY | O_CREAT | O_TRUNC, 0600);
		ck_assert_int_eq(fd_write_full(fd, bad.p, bad.n), 0);
		fd_close(&fd);
		ck_assert_int_eq(cdb_file_open(&c, dir, "bad", NULL), 0);
		for (int k = 0; k < ROWS(keys); k++) {
			got = cdb_file_find(&c, keys[k], &data, NULL);
			ck_assert(got != CDB_FILE_FOUND || data.n <= bad.n);
		}
		cdb_file_close(&c);
	}
	str_free(&good);
	str_free(&bad);
}
END_TEST

START_TEST(a_key_longer_than_the_file_is_absent)
{
	static char zeros[10000];
	int dir = open_tmp_dir();
	struct cdb_file c;
	struct span data;

	ck_assert_int_eq(make(dir, SPAN("k"), SPAN("d"), NULL), 0);
	ck_assert_int_eq(cdb_file_open(&c, dir, "db", NULL), 0);
	ck_assert_int_eq(cdb_file_find(&c, (struct span){zeros, sizeof(zeros)},
	                     &data, NULL),
	    CDB_FILE_ABSENT);
	cdb_file_close(&c);
}
END_TEST

int
main(void)
{
	TCase *t = unit_begin("qmail/cdb_file");

	tcase_add_test(t, what_is_made_can_be_found);
	tcase_add_test(t, records_come_in_the_order_they_were_added);
	tcase_add_test(t, any_failed_sync_leaves_old_or_new);
	tcase_add_test(t, an_abandoned_database_leaves_the_old_one);
	tcase_add_test(t, what_is_no_database_is_refused);
	tcase_add_test(t, damage_is_survived);
	tcase_add_test(t, a_key_longer_than_the_file_is_absent);
	return unit_end();
}
