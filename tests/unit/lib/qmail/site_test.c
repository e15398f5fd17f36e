/* SPDX-License-Identifier: ISC */
#include "qmail/site.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "qmail/ids.h"
#include "tests/support/unit.h"

static char home[64];

static int
make_home(void)
{
	int dir = open_tmp_dir();
	char link[64];
	ssize_t n;

	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", dir);
	n = readlink(link, home, sizeof(home) - 1);
	ck_assert_int_gt(n, 0);
	home[n] = '\0';
	return dir;
}

START_TEST(QMAILHOME_overrides_the_compiled_home)
{
	struct site s;

	make_home();
	setenv("QMAILHOME", home, 1);
	ck_assert_int_eq(site_find(&s, NULL), 0);
	ck_assert_str_eq(s.home, home);
	ck_assert_int_eq(s.one_user, getuid() != 0);
	ck_assert_int_eq(s.uid, getuid());
}
END_TEST

START_TEST(a_home_must_be_an_absolute_directory)
{
	struct site s;
	struct err e;

	ck_assert_int_eq(site_find_at(&s, "relative", &e), -1);
	ck_assert_int_eq(site_find_at(&s, "/etc/passwd", &e), -1);
	ck_assert_int_eq(site_find_at(&s, "/no/such/home", &e), -1);
	ck_assert_ptr_nonnull(strstr(e.text, "/no/such/home"));
}
END_TEST

START_TEST(HOME_bin_comes_before_our_own_folder)
{
	int dir = make_home();
	struct str path = {0}, want = {0};
	struct site s;

	ck_assert_int_eq(site_find_at(&s, home, NULL), 0);
	/* no bin: our own folder holds this test and no qmail-x; PATH last */
	ck_assert_int_eq(site_find_program(&s, "qmail-x", &path, NULL), -1);
	ck_assert_uint_eq(path.n, 0);
	ck_assert_int_eq(site_find_program(&s, "site_test", &path, NULL), 0);
	str_reset(&path);
	setenv("PATH", "relative:/bin", 1);
	ck_assert_int_eq(site_find_program(&s, "sh", &path, NULL), 0);
	ck_span(str_span(&path), SPAN("/bin/sh"), "PATH");
	str_reset(&path);
	ck_assert_int_eq(mkdirat(dir, "bin", 0700), 0);
	ck_assert_int_eq(site_find_program(&s, "site_test", &path, NULL), 0);
	str_put_cstr(&want, home);
	str_put_cstr(&want, "/bin/site_test");
	ck_span(str_span(&path), str_span(&want), "bin");
	str_free(&path);
	str_free(&want);
}
END_TEST

START_TEST(in_a_one_user_instance_every_role_is_the_owner)
{
	struct site s = {.home = "/",
	    .one_user = true,
	    .uid = 4711,
	    .gid = 4712};
	uid_t uid;
	gid_t gid;

	for (int i = 0; i < IDS_USERS; i++) {
		ck_assert_int_eq(ids_find_user(&s, (enum ids_user)i, &uid,
		                     NULL),
		    0);
		ck_assert_int_eq(uid, 4711);
	}
	ck_assert_int_eq(ids_find_group(&s, IDS_QMAIL, &gid, NULL), 0);
	ck_assert_int_eq(gid, 4712);
	ck_assert_str_eq(ids_user_name(IDS_QMAILS), "qmails");
	ck_assert_str_eq(ids_group_name(IDS_NOFILES), "nofiles");
}
END_TEST

START_TEST(the_id_file_is_obeyed_only_if_root_alone_can_write_it)
{
	int dir = make_home();
	struct site s;
	uid_t uid = 0;
	gid_t gid = 0;

	if (getuid() != 0)
		return; /* such a file cannot be made */
	ck_assert_int_eq(mkdirat(dir, "users", 0755), 0);
	ck_assert_int_eq(file_replace(dir, "users/ids",
	                     SPAN("user:qmailqq:1\nuser:qmailq:31001\n"
	                          "group:qmail:31002\n"),
	                     0644, NULL),
	    0);
	ck_assert_int_eq(site_find_at(&s, home, NULL), 0);
	ck_assert_int_eq(ids_find_user(&s, IDS_QMAILQ, &uid, NULL), 0);
	ck_assert_int_eq(uid, 31001);
	ck_assert_int_eq(ids_find_group(&s, IDS_QMAIL, &gid, NULL), 0);
	ck_assert_int_eq(gid, 31002);
	ck_assert_int_eq(fchmodat(dir, "users/ids", 0664, 0), 0);
	if (ids_find_user(&s, IDS_QMAILQ, &uid, NULL) == 0)
		ck_assert_int_ne(uid, 31001);
}
END_TEST

int
main(void)
{
	TCase *t = unit_begin("qmail/site, qmail/ids");

	tcase_add_test(t, QMAILHOME_overrides_the_compiled_home);
	tcase_add_test(t, a_home_must_be_an_absolute_directory);
	tcase_add_test(t, HOME_bin_comes_before_our_own_folder);
	tcase_add_test(t, in_a_one_user_instance_every_role_is_the_owner);
	tcase_add_test(t,
	    the_id_file_is_obeyed_only_if_root_alone_can_write_it);
	return unit_end();
}
