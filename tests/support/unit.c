/* SPDX-License-Identifier: ISC */
#include "tests/support/unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fmt/printable.h"

static Suite *suite;
static char tmp_path[] = "/tmp/qward-unit-XXXXXX";
static int tmp_made;

TCase *
unit_begin(const char *name)
{
	TCase *cases = tcase_create(name);

	suite = suite_create(name);
	suite_add_tcase(suite, cases);
	tcase_set_timeout(cases, 60);
	if (mkdtemp(tmp_path) == NULL)
		abort();
	tmp_made = 1;
	return cases;
}

int
unit_end(void)
{
	SRunner *runner = srunner_create(suite);
	char command[128];
	int failed;

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	if (tmp_made) {
		(void)snprintf(command, sizeof(command), "rm -rf %s", tmp_path);
		if (system(command) != 0) /* NOLINT(cert-env33-c): a test */
			failed++;
	}
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* Each test runs in a child of its own, so each gets its own folder. */
int
open_tmp_dir(void)
{
	static int count;
	char name[64];
	int fd;

	(void)snprintf(name, sizeof(name), "%s/%d-%d", tmp_path, (int)getpid(),
	    count++);
	ck_assert_int_eq(mkdir(name, 0700), 0);
	fd = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_ne(fd, -1);
	return fd;
}

const char *
unit_tmp_path(void)
{
	return tmp_path;
}

void
ck_span(struct span got, struct span want, const char *label)
{
	struct str shown = {0};

	if (span_eq(got, want))
		return;
	str_put_cstr(&shown, "got \"");
	printable_put(&shown, got);
	str_put_cstr(&shown, "\", want \"");
	printable_put(&shown, want);
	str_put_cstr(&shown, "\"");
	ck_abort_msg("%s: %s", label, str_cstr(&shown));
}
