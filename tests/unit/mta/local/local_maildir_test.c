/* SPDX-License-Identifier: ISC */
#include "mta/local/local_maildir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "tests/support/unit.h"

static const int64_t now_us = 1770091506000042;

static const struct {
	const char *label;
	struct span host, want;
} names[] = {
    {"plain", SPAN_INIT("mx.example"),
        SPAN_INIT("1770091506.77000042.mx.example")},
    {"slash", SPAN_INIT("a/b"), SPAN_INIT("1770091506.77000042.a\\057b")},
    {"colon", SPAN_INIT("a:"), SPAN_INIT("1770091506.77000042.a\\072")},
};

START_TEST(name_has_three_parts)
{
	struct str out = {0};

	local_maildir_put_name(&out, now_us, 77, names[_i].host);
	ck_span(str_span(&out), names[_i].want, names[_i].label);
	str_free(&out);
}
END_TEST

/* Makes the working directory a private one that holds the folders. */
static void
make_maildir(bool tmp, bool new)
{
	ck_assert_int_eq(fchdir(open_tmp_dir()), 0);
	ck_assert_int_eq(mkdir("M", 0700), 0);
	if (tmp)
		ck_assert_int_eq(mkdir("M/tmp", 0700), 0);
	if (new)
		ck_assert_int_eq(mkdir("M/new", 0700), 0);
}

static void
open_message(struct local_message *m, struct span text)
{
	int fd = open("message", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	ck_assert_int_eq(fd_write_full(fd, text.p, text.n), 0);
	ck_assert_int_eq(local_message_open(m, fd), 0);
}

/* Number of files; *content is that of the last one. */
static int
list(const char *folder, struct str *content)
{
	DIR *dir = opendir(folder);
	const struct dirent *entry;
	int n = 0;

	ck_assert_ptr_nonnull(dir);
	while ((entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		str_reset(content);
		ck_assert_int_eq(file_load(dirfd(dir), entry->d_name, 1 << 20,
		                     content, NULL),
		    0);
		n++;
	}
	closedir(dir);
	return n;
}

START_TEST(deliveries_of_one_process_do_not_collide)
{
	struct local_message m;
	struct str content = {0};
	struct err e;

	make_maildir(true, true);
	open_message(&m, SPAN("S: x\n\nbody"));
	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(local_maildir_deliver("M", SPAN("R\n"), &m,
		                     now_us + i, &e),
		    LOCAL_MAILDIR_OK);
	ck_assert_int_eq(local_maildir_deliver_forked("M", SPAN("R\n"), &m,
	                     now_us, &e),
	    LOCAL_MAILDIR_OK);
	ck_assert_int_eq(list("M/new", &content), 3);
	ck_span(str_span(&content), SPAN("R\nS: x\n\nbody"), "content");
	ck_assert_int_eq(list("M/tmp", &content), 0);
	str_free(&content);
	local_message_close(&m);
}
END_TEST

START_TEST(a_name_in_use_in_tmp_is_avoided_and_kept)
{
	struct str name = {0}, content = {0};
	struct local_message m;
	char host[65] = "";
	struct err e;

	make_maildir(true, true);
	(void)gethostname(host, 64);
	str_put(&name, SPAN("M/tmp/"));
	local_maildir_put_name(&name, now_us, getpid(), span_cstr(host));
	ck_assert_int_ne(open(str_cstr(&name), O_CREAT | O_CLOEXEC, 0600), -1);
	open_message(&m, SPAN("x\n"));
	ck_assert_int_eq(local_maildir_deliver("M", SPAN(""), &m, now_us, &e),
	    LOCAL_MAILDIR_OK);
	ck_assert_int_eq(list("M/new", &content), 1);
	ck_assert_int_eq(list("M/tmp", &content), 1);
	str_free(&name);
	str_free(&content);
	local_message_close(&m);
}
END_TEST

static const struct {
	const char *label, *path;
	bool tmp, new;
	enum local_maildir_status want;
} broken[] = {
    {"absent", "N/", true, true, LOCAL_MAILDIR_ABSENT},
    {"a file", "message", true, true, LOCAL_MAILDIR_ABSENT},
    {"no tmp", "M/", false, true, LOCAL_MAILDIR_TROUBLE},
    {"no new", "M/", true, false, LOCAL_MAILDIR_TROUBLE},
};

START_TEST(broken_maildirs_are_told_apart)
{
	struct local_message m;
	struct str content = {0};
	struct err e;

	make_maildir(broken[_i].tmp, broken[_i].new);
	open_message(&m, SPAN("x\n"));
	ck_assert_int_eq(local_maildir_deliver(broken[_i].path, SPAN(""), &m,
	                     now_us, &e),
	    broken[_i].want);
	ck_assert_int_eq(local_maildir_deliver_forked(broken[_i].path, SPAN(""),
	                     &m, now_us, &e),
	    broken[_i].want);
	if (broken[_i].tmp)
		ck_assert_int_eq(list("M/tmp", &content), 0);
	str_free(&content);
	local_message_close(&m);
}
END_TEST

START_TEST(an_unreadable_message_leaves_nothing)
{
	struct local_message m;
	struct str content = {0};
	struct err e;
	int ends[2];

	make_maildir(true, true);
	ck_assert_int_eq(fd_pipe(ends), 0);
	ck_assert_int_eq(local_message_open(&m, ends[0]), 0);
	ck_assert_int_eq(local_maildir_deliver("M", SPAN("R\n"), &m, now_us,
	                     &e),
	    LOCAL_MAILDIR_READ);
	ck_assert_int_eq(list("M/tmp", &content), 0);
	ck_assert_int_eq(list("M/new", &content), 0);
	str_free(&content);
	local_message_close(&m);
}
END_TEST

START_TEST(any_failed_sync_defers)
{
	enum local_maildir_status status = LOCAL_MAILDIR_TROUBLE;
	struct local_message m;
	struct str content = {0};
	struct err e;
	int nth;

	make_maildir(true, true);
	open_message(&m, SPAN("x\n"));
	for (nth = 1; status != LOCAL_MAILDIR_OK; nth++) {
		fault_at(FAULT_FSYNC, nth, EIO);
		status =
		    local_maildir_deliver("M", SPAN(""), &m, now_us + nth, &e);
		ck_assert(status == LOCAL_MAILDIR_OK ||
		          status == LOCAL_MAILDIR_TROUBLE);
		ck_assert_int_eq(list("M/tmp", &content), 0);
	}
	ck_assert_int_eq(nth, 4); /* the file, its directory, none */
	str_free(&content);
	local_message_close(&m);
}
END_TEST

START_TEST(short_memory_defers)
{
	enum local_maildir_status status = LOCAL_MAILDIR_TROUBLE;
	struct local_message m;
	struct str content = {0};
	struct err e;

	make_maildir(true, true);
	open_message(&m, SPAN("x\n"));
	for (int nth = 1; status != LOCAL_MAILDIR_OK; nth++) {
		fault_at(FAULT_REALLOC, nth, 0);
		status =
		    local_maildir_deliver("M", SPAN(""), &m, now_us + nth, &e);
		ck_assert(status == LOCAL_MAILDIR_OK || e.sys == ENOMEM);
	}
	fault_at(FAULT_REALLOC, 0, 0);
	ck_assert_int_eq(list("M/tmp", &content), 0);
	ck_assert_int_eq(list("M/new", &content), 1);
	str_free(&content);
	local_message_close(&m);
}
END_TEST

int
main(void)
{
	TCase *t = unit_begin("local/local_maildir");

	tcase_add_loop_test(t, name_has_three_parts, 0, ROWS(names));
	tcase_add_test(t, deliveries_of_one_process_do_not_collide);
	tcase_add_test(t, a_name_in_use_in_tmp_is_avoided_and_kept);
	tcase_add_loop_test(t, broken_maildirs_are_told_apart, 0, ROWS(broken));
	tcase_add_test(t, an_unreadable_message_leaves_nothing);
	tcase_add_test(t, any_failed_sync_defers);
	tcase_add_test(t, short_memory_defers);
	return unit_end();
}
