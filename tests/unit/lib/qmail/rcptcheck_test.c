/* SPDX-License-Identifier: ISC */
#include "qmail/rcptcheck.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "tests/support/unit.h"

/* A home with its own user database, where every user is the one who runs the
 * test. bin/qmail-getpw knows "joe" and his extensions and nobody else. */
static char path[128];
static int home;
static struct site site;

static void
write_file(const char *name, struct span text, mode_t mode)
{
	struct err e;

	ck_assert_msg(file_replace(home, name, text, mode, &e) == 0, "%s",
	    e.text);
}

static void
make_dir(const char *name, mode_t mode)
{
	ck_assert_int_eq(mkdirat(home, name, mode), 0);
	ck_assert_int_eq(fchmodat(home, name, mode, 0), 0);
}

static void
find_path(void)
{
	char link[32];
	ssize_t n;

	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", home);
	n = readlink(link, path, sizeof(path) - 1);
	ck_assert_int_gt(n, 0);
	path[n] = '\0';
}

static void
write_programs(unsigned uid)
{
	char text[1024];

	(void)snprintf(text, sizeof(text),
	    "#!/bin/sh\n"
	    "u='%u'\n"
	    "case $1 in\n"
	    "joe) d=joe e=;;\n"
	    "joe-*) d=joe e=-;;\n"
	    "sick) exit 118;;\n"
	    "odd) printf 'odd\\0'; exit 0;;\n"
	    "rooted) u=0 d=joe e=;;\n"
	    "*) d=alias e=-;;\n"
	    "esac\n"
	    "x=$1; [ $d != joe ] || x=${1#joe}; x=${x#-}\n"
	    "printf '%%s\\0%%s\\0%%s\\0%%s\\0%%s\\0%%s\\0' $d $u $u %s/$d "
	    "\"$e\" "
	    "\"$x\"\n",
	    uid, path);
	write_file("bin/qmail-getpw", span_cstr(text), 0755);
}

static void
write_users(unsigned uid)
{
	char text[1024];

	(void)snprintf(text, sizeof(text),
	    "=ann:ann:%u:%u:%s/ann:::\n"
	    "+list-:ann:%u:%u:%s/ann:-:list-:\n"
	    "=gone:gone:%u:%u:%s/nowhere:::\n.\n",
	    uid, uid, path, uid, uid, path, uid, uid, path);
	write_file("users/assign", span_cstr(text), 0644);
	ck_assert_int_eq(users_compile(home, NULL), 0);
}

static void
make_home(void)
{
	static const char *const dirs[] = {"bin", "control", "users", "joe",
	    "alias", "ann", "open"};

	home = open_tmp_dir();
	find_path();
	for (int i = 0; i < ROWS(dirs); i++)
		make_dir(dirs[i], 0755);
	write_programs(getuid() == 0 ? 12345 : getuid());
	write_users(getuid() == 0 ? 12345 : getuid());
	write_file("control/me", SPAN("local.example\n"), 0644);
	write_file("control/virtualdomains",
	    SPAN("virt.example:joe-v\nlist.example:list\nsafe.example:\n"),
	    0644);
	write_file("joe/.qmail-v-sales", SPAN("./sales/\n"), 0644);
	write_file("joe/.qmail-shop-default", SPAN("|exit 100\n"), 0644);
	write_file("joe/.qmail-bad", SPAN("./x/\n"), 0666);
	write_file("alias/.qmail-postmaster", SPAN("joe\n"), 0644);
	write_file("ann/.qmail-list-news", SPAN(""), 0644);
	ck_assert_int_eq(fchdir(home), 0);
	site = (struct site){.home = path, .uid = getuid()};
}

static const struct {
	const char *recipient;
	enum rcptcheck_verdict want;
	const char *rewritten, *file; /* file NULL: none */
	bool is_in_cdb;
} cases[] = {
    {"joe@local.example", RCPTCHECK_KNOWN, "joe@local.example", NULL, false},
    {"joe", RCPTCHECK_KNOWN, "joe@local.example", NULL, false},
    {"joe-x@local.example", RCPTCHECK_UNKNOWN, "joe-x@local.example", NULL,
        false},
    {"joe-shop-a-b@LOCAL.example", RCPTCHECK_KNOWN,
        "joe-shop-a-b@LOCAL.example", ".qmail-shop-default", false},
    {"joe-bad@local.example", RCPTCHECK_UNDECIDED, "joe-bad@local.example",
        NULL, false},
    {"postmaster@local.example", RCPTCHECK_KNOWN, "postmaster@local.example",
        ".qmail-postmaster", false},
    {"nobody@local.example", RCPTCHECK_UNKNOWN, "nobody@local.example", NULL,
        false},
    {"Sales@virt.example", RCPTCHECK_KNOWN, "joe-v-Sales@virt.example",
        ".qmail-v-sales", false},
    {"other@virt.example", RCPTCHECK_UNKNOWN, "joe-v-other@virt.example", NULL,
        false},
    {"news@list.example", RCPTCHECK_KNOWN, "list-news@list.example",
        ".qmail-list-news", true},
    {"old@list.example", RCPTCHECK_UNKNOWN, "list-old@list.example", NULL,
        true},
    {"ANN@local.example", RCPTCHECK_KNOWN, "ANN@local.example", NULL, true},
    {"gone@local.example", RCPTCHECK_UNDECIDED, "gone@local.example", NULL,
        true},
    {"sick@local.example", RCPTCHECK_UNDECIDED, "sick@local.example", NULL,
        false},
    {"odd@local.example", RCPTCHECK_UNDECIDED, "odd@local.example", NULL,
        false},
    {"rooted@local.example", RCPTCHECK_UNDECIDED, "rooted@local.example", NULL,
        false},
    {"any@safe.example", RCPTCHECK_REMOTE, "any@safe.example", NULL, false},
    {"any@far.example", RCPTCHECK_REMOTE, "any@far.example", NULL, false},
    {"@local.example", RCPTCHECK_KNOWN, "@local.example", NULL, false},
    {"../../x@local.example", RCPTCHECK_UNKNOWN, "../../x@local.example", NULL,
        false},
};

static void
load(struct rcptcheck *c)
{
	static const struct hash_seed seed = {{5, 6}};
	struct control control;
	struct err e;

	ck_assert_int_eq(control_open(&control, AT_FDCWD, &e), 0);
	ck_assert_msg(rcptcheck_load(c, &site, &control, &seed, &e) == 0, "%s",
	    e.text);
	control_close(&control);
}

START_TEST(find)
{
	struct rcptcheck_found f = {0};
	enum rcptcheck_verdict got;
	struct rcptcheck c;

	make_home();
	load(&c);
	got = rcptcheck_find(&c, span_cstr(cases[_i].recipient), &f);
	ck_assert_msg(got == cases[_i].want, "%s: got %d (%s)",
	    cases[_i].recipient, (int)got, f.why.text);
	ck_span(str_span(&f.rewritten), span_cstr(cases[_i].rewritten),
	    "rewritten");
	ck_span(str_span(&f.file), span_cstr(cases[_i].file), "file");
	ck_assert_int_eq(f.is_in_cdb, cases[_i].is_in_cdb);
	if (got == RCPTCHECK_UNDECIDED)
		ck_assert_int_ne(f.why.text[0], '\0');
	rcptcheck_found_free(&f);
	rcptcheck_free(&c);
}
END_TEST

START_TEST(a_home_that_may_not_be_entered_decides_nothing)
{
	struct rcptcheck_found f = {0};
	struct rcptcheck c;

	if (getuid() == 0)
		return; /* root may */
	make_home();
	load(&c);
	ck_assert_int_eq(fchmodat(home, "joe", 0600, 0), 0);
	ck_assert_int_eq(rcptcheck_find(&c, SPAN("joe-x@local.example"), &f),
	    RCPTCHECK_UNDECIDED);
	ck_assert_int_eq(fchmodat(home, "joe", 0755, 0), 0);
	ck_assert_int_eq(fchmodat(home, "joe/.qmail-v-sales", 0, 0), 0);
	ck_assert_int_eq(rcptcheck_find(&c, SPAN("sales@virt.example"), &f),
	    RCPTCHECK_UNDECIDED);
	rcptcheck_found_free(&f);
	rcptcheck_free(&c);
}
END_TEST

START_TEST(a_damaged_database_decides_nothing)
{
	struct rcptcheck_found f = {0};
	struct rcptcheck c;

	make_home();
	load(&c);
	write_file("users/cdb", SPAN("no database"), 0644);
	ck_assert_int_eq(rcptcheck_find(&c, SPAN("nobody@local.example"), &f),
	    RCPTCHECK_UNDECIDED);
	rcptcheck_found_free(&f);
	rcptcheck_free(&c);
}
END_TEST

START_TEST(a_home_being_edited_decides_nothing)
{
	struct rcptcheck_found f = {0};
	struct rcptcheck c;

	make_home();
	load(&c);
	ck_assert_int_eq(fchmodat(home, "joe", 01755, 0), 0);
	ck_assert_int_eq(rcptcheck_find(&c, SPAN("joe-x@local.example"), &f),
	    RCPTCHECK_UNDECIDED);
	rcptcheck_found_free(&f);
	rcptcheck_free(&c);
}
END_TEST

int
main(void)
{
	TCase *t = unit_begin("qmail/rcptcheck");

	tcase_add_loop_test(t, find, 0, ROWS(cases));
	tcase_add_test(t, a_home_that_may_not_be_entered_decides_nothing);
	tcase_add_test(t, a_damaged_database_decides_nothing);
	tcase_add_test(t, a_home_being_edited_decides_nothing);
	return unit_end();
}
