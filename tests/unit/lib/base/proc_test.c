/* SPDX-License-Identifier: ISC */
#include "base/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/priv.h"
#include "base/sig.h"
#include "tests/support/unit.h"

static int
run(const char *script, const struct proc_fd *map, size_t n)
{
	char arg0[] = "sh", arg1[] = "-c", text[512];
	char *argv[] = {arg0, arg1, text, NULL};
	struct proc_start start = {.path = "/bin/sh",
	    .argv = argv,
	    .map = map,
	    .n = n};
	int status = -1;
	pid_t pid;

	ck_assert_uint_lt(strlen(script), sizeof(text));
	memcpy(text, script, strlen(script) + 1);
	pid = proc_spawn(&start, NULL);
	ck_assert_int_gt(pid, 0);
	ck_assert_int_eq(proc_wait(pid, &status), 0);
	return status;
}

START_TEST(child_gets_exactly_the_descriptors_of_the_map)
{
	int a[2], b[2];
	char got[8] = {0};

	ck_assert_int_eq(fd_pipe(a), 0);
	ck_assert_int_eq(fd_pipe(b), 0);
	/* the numbers are exchanged: order of the dup2 calls must not matter */
	struct proc_fd map[] = {{a[1], b[1]}, {b[1], a[1]}};
	char script[256];

	(void)snprintf(script, sizeof(script),
	    "printf A >&%d; printf B >&%d; "
	    "for f in /proc/self/fd/*; do n=${f##*/}; case $n in 0|1|2|%d|%d) "
	    ";; *) test ! -e $f || exit 9;; esac; done",
	    b[1], a[1], a[1], b[1]);
	ck_assert_int_eq(run(script, map, 2), 0);
	ck_assert_int_eq(fd_read_some(a[0], got, 8), 1);
	ck_assert_int_eq(got[0], 'A');
	ck_assert_int_eq(fd_read_some(b[0], got, 8), 1);
	ck_assert_int_eq(got[0], 'B');
}
END_TEST

START_TEST(signals_are_default_in_the_child)
{
	int status;

	sig_ignore(SIGPIPE);
	sig_block(SIGTERM);
	status = run("kill -TERM $$; exit 3", NULL, 0);
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
	status = run("kill -PIPE $$; exit 3", NULL, 0);
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGPIPE);
}
END_TEST

START_TEST(a_missing_program_is_named)
{
	char arg0[] = "x";
	char *argv[] = {arg0, NULL};
	struct proc_start start = {.path = "/no/such", .argv = argv};
	struct err e;

	ck_assert_int_eq(proc_spawn(&start, &e), -1);
	ck_assert_int_eq(e.sys, ENOENT);
	ck_assert_ptr_nonnull(strstr(e.text, "/no/such"));
}
END_TEST

START_TEST(nobody_becomes_root)
{
	struct err e;

	ck_assert_int_eq(priv_become(0, 0, &e), -1);
	ck_assert_int_eq(e.kind, ERR_LIMIT);
}
END_TEST

START_TEST(a_drop_holds)
{
	gid_t groups[4];

	if (getuid() != 0)
		return;
	ck_assert_int_eq(priv_become(12345, 23456, NULL), 0);
	ck_assert_int_eq(geteuid(), 12345);
	ck_assert_int_eq(getegid(), 23456);
	ck_assert_int_eq(getgroups(4, groups), 1);
	ck_assert_int_eq(groups[0], 23456);
	ck_assert_int_eq(setuid(0), -1);
}
END_TEST

int
main(void)
{
	TCase *t = unit_begin("base/proc, base/priv");

	tcase_add_test(t, child_gets_exactly_the_descriptors_of_the_map);
	tcase_add_test(t, signals_are_default_in_the_child);
	tcase_add_test(t, a_missing_program_is_named);
	tcase_add_test(t, nobody_becomes_root);
	tcase_add_test(t, a_drop_holds);
	return unit_end();
}
