/* SPDX-License-Identifier: ISC */
#include "qmail/users.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "tests/support/unit.h"

static const struct {
	const char *label;
	struct span text;
	enum users_entry_status want;
} entries[] = {
    {"plain", SPAN_INIT("u\0001\0002\0/h\0-\0x\0"), USERS_ENTRY_OK},
    {"empty fields", SPAN_INIT("\0001\0002\0\0\0\0"), USERS_ENTRY_OK},
    {"more behind", SPAN_INIT("u\0001\0002\0/h\0-\0x\0y"), USERS_ENTRY_OK},
    {"root", SPAN_INIT("u\0000\0000\0/h\0-\0x\0"), USERS_ENTRY_OK},
    {"nothing", SPAN_INIT(""), USERS_ENTRY_SHORT},
    {"five fields", SPAN_INIT("u\0001\0002\0/h\0-\0"), USERS_ENTRY_SHORT},
    {"no last NUL", SPAN_INIT("u\0001\0002\0/h\0-\0x"), USERS_ENTRY_SHORT},
    {"no uid", SPAN_INIT("u\0\0002\0/h\0-\0x\0"), USERS_ENTRY_BAD_ID},
    {"word", SPAN_INIT("u\0001\0two\0/h\0-\0x\0"), USERS_ENTRY_BAD_ID},
    {"sign", SPAN_INIT("u\000-1\0002\0/h\0-\0x\0"), USERS_ENTRY_BAD_ID},
    {"tail", SPAN_INIT("u\0001x\0002\0/h\0-\0x\0"), USERS_ENTRY_BAD_ID},
    {"-1", SPAN_INIT("u\0004294967295\0002\0/h\0-\0x\0"), USERS_ENTRY_BAD_ID},
    {"wraps to 1", SPAN_INIT("u\0004294967297\0002\0/h\0-\0x\0"),
        USERS_ENTRY_BAD_ID},
};

START_TEST(entry_parse)
{
	struct users_entry u;

	ck_assert_msg(users_entry_parse(entries[_i].text, &u) ==
	                  entries[_i].want,
	    "%s", entries[_i].label);
}
END_TEST

START_TEST(an_entry_that_is_put_can_be_parsed)
{
	struct users_entry u = {SPAN("alias"), 1001, 1002,
	    SPAN("/var/qmail/alias"), SPAN("-"), SPAN("info")};
	struct str text = {0};

	users_entry_put(&text, &u);
	ck_span(str_span(&text),
	    SPAN("alias\0001001\0001002\0/var/qmail/alias\0-\0info\0"),
	    "bytes");
	ck_assert_int_eq(users_entry_parse(str_span(&text), &u),
	    USERS_ENTRY_OK);
	ck_span(u.user, SPAN("alias"), "user");
	ck_assert_uint_eq(u.uid, 1001);
	ck_assert_uint_eq(u.gid, 1002);
	ck_span(u.home, SPAN("/var/qmail/alias"), "home");
	ck_span(u.dash, SPAN("-"), "dash");
	ck_span(u.ext, SPAN("info"), "ext");
	str_free(&text);
}
END_TEST

static const struct {
	const char *label;
	struct span line;
	enum users_line_status want;
} lines[] = {
    {"exact", SPAN_INIT("=joe:joe:1:2:/h:::"), USERS_LINE_OK},
    {"prefix", SPAN_INIT("+joe-:joe:1:2:/h:-::"), USERS_LINE_OK},
    {"catch-all", SPAN_INIT("+:joe:1:2:/h:-::"), USERS_LINE_OK},
    {"other first byte", SPAN_INIT("xjoe:joe:1:2:/h:::"), USERS_LINE_OK},
    {"tail", SPAN_INIT("=joe:joe:1:2:/h:::tail"), USERS_LINE_OK},
    {"dot", SPAN_INIT("."), USERS_LINE_END},
    {"dot and text", SPAN_INIT(".x\0"), USERS_LINE_END},
    {"empty", SPAN_INIT(""), USERS_LINE_BAD},
    {"comment", SPAN_INIT("# c"), USERS_LINE_BAD},
    {"colon first", SPAN_INIT(":joe:joe:1:2:/h:::"), USERS_LINE_BAD},
    {"one colon too few", SPAN_INIT("=joe:joe:1:2:/h::"), USERS_LINE_BAD},
    {"NUL", SPAN_INIT("=jo\0e:joe:1:2:/h:::"), USERS_LINE_BAD},
};

START_TEST(line_parse)
{
	struct users_line l;

	ck_assert_msg(users_line_parse(lines[_i].line, &l) == lines[_i].want,
	    "%s", lines[_i].label);
}
END_TEST

START_TEST(a_line_that_is_put_can_be_parsed)
{
	struct users_line l = {'+', SPAN("Joe-"),
	    {SPAN("joe"), SPAN("1"), SPAN("2"), SPAN("/h"), SPAN("-"),
	        SPAN("pre-")}};
	struct str line = {0}, key = {0}, data = {0};

	users_line_put(&line, &l);
	ck_span(str_span(&line), SPAN("+Joe-:joe:1:2:/h:-:pre-:\n"), "line");
	ck_assert_int_eq(
	    users_line_parse(span_first(str_span(&line), line.n - 1), &l),
	    USERS_LINE_OK);
	users_record_put(&l, &key, &data);
	ck_span(str_span(&key), SPAN("!joe-"), "key");
	ck_span(str_span(&data), SPAN("joe\0001\0002\0/h\0-\0pre-"), "data");
	l.type = '=';
	str_reset(&key);
	users_record_put(&l, &key, &data);
	ck_span(str_span(&key), SPAN("!joe-\0"), "exact key");
	str_free(&line);
	str_free(&key);
	str_free(&data);
}
END_TEST

static int
home_with(struct span assign)
{
	int home = open_tmp_dir();

	ck_assert_int_eq(mkdirat(home, "users", 0700), 0);
	ck_assert_int_eq(file_replace(home, "users/assign", assign, 0600, NULL),
	    0);
	return home;
}

static const struct span assign = SPAN_INIT("=joe:exact:1:1:/e:::\n"
                                            "+joe-:plain:2:2:/p:-::\n"
                                            "+joe-list-:list:3:3:/l:-:sub-:\n"
                                            "+jim:letter:4:4:/j:-:x:\n"
                                            "=Upper:upper:5:5:/u:::\n"
                                            "+BIG:big:6:6:/b:-::\n"
                                            "=joe:second:7:7:/s:::\n"
                                            "+:alias:8:8:/a:-::\n"
                                            ".\n");

static const struct {
	struct span local, want;
} lookups[] = {
    {SPAN_INIT("joe"), SPAN_INIT("exact\0001\0001\0/e\0\0\0")},
    {SPAN_INIT("JOE"), SPAN_INIT("exact\0001\0001\0/e\0\0\0")},
    {SPAN_INIT("joe-"), SPAN_INIT("plain\0002\0002\0/p\0-\0\0")},
    {SPAN_INIT("Joe-Ext"), SPAN_INIT("plain\0002\0002\0/p\0-\0Ext\0")},
    {SPAN_INIT("joe-list"), SPAN_INIT("plain\0002\0002\0/p\0-\0list\0")},
    {SPAN_INIT("joe-list-A-b"), SPAN_INIT("list\0003\0003\0/l\0-\0sub-A-b\0")},
    {SPAN_INIT("jimbo"), SPAN_INIT("letter\0004\0004\0/j\0-\0xbo\0")},
    {SPAN_INIT("upper"), SPAN_INIT("upper\0005\0005\0/u\0\0\0")},
    {SPAN_INIT("bigger"), SPAN_INIT("alias\0008\0008\0/a\0-\0bigger\0")},
    {SPAN_INIT("who"), SPAN_INIT("alias\0008\0008\0/a\0-\0who\0")},
    {SPAN_INIT(""), SPAN_INIT("alias\0008\0008\0/a\0-\0\0")},
};

START_TEST(lookup)
{
	int home = home_with(assign);
	struct str text = {0};

	ck_assert_int_eq(users_compile(home, NULL), 0);
	ck_assert_int_eq(users_find(home, lookups[_i].local, &text, NULL),
	    USERS_FOUND);
	ck_span(str_span(&text), lookups[_i].want, lookups[_i].local.p);
	str_free(&text);
}
END_TEST

START_TEST(names_nobody_has_are_absent)
{
	int home = home_with(SPAN("=joe:e:1:1:/e:::\n+a-:b:1:1:/e:-::\n.\n"));
	struct str text = {0};

	/* no database at all */
	ck_assert_int_eq(users_find(home, SPAN("joe"), &text, NULL),
	    USERS_ABSENT);
	ck_assert_int_eq(users_compile(home, NULL), 0);
	ck_assert_int_eq(users_find(home, SPAN("joey"), &text, NULL),
	    USERS_ABSENT);
	ck_assert_int_eq(users_find(home, SPAN("a"), &text, NULL),
	    USERS_ABSENT);
	ck_assert_uint_eq(text.n, 0);
}
END_TEST

START_TEST(a_database_without_its_list_is_trouble)
{
	int home = home_with(SPAN(".\n"));
	struct cdb_file_make m;
	struct str text = {0};
	struct err e;

	ck_assert_int_eq(cdb_file_create(&m, home, "users/cdb", "users/cdb.tmp",
	                     &e),
	    0);
	cdb_file_add(&m, SPAN("!joe\0"), SPAN("joe\0001\0001\0/e\0\0"));
	ck_assert_int_eq(cdb_file_commit(&m, 0600, &e), 0);
	ck_assert_int_eq(users_find(home, SPAN("joe"), &text, &e),
	    USERS_FAILED);
	ck_assert_int_eq(e.kind, ERR_FORMAT);
}
END_TEST

static const struct span bad_assigns[] = {SPAN_INIT(""), SPAN_INIT("\n.\n"),
    SPAN_INIT("=joe:e:1:1:/e:::\n"), SPAN_INIT("=joe:e:1:1:/e::\n.\n"),
    SPAN_INIT("=joe:e:1:1:/e:::")};

START_TEST(a_bad_source_leaves_the_database)
{
	int home = home_with(SPAN("=joe:old:1:1:/e:::\n.\n"));
	struct str text = {0};
	struct err e;

	ck_assert_int_eq(users_compile(home, &e), 0);
	ck_assert_int_eq(file_replace(home, "users/assign", bad_assigns[_i],
	                     0600, &e),
	    0);
	ck_assert_int_eq(users_compile(home, &e), -1);
	ck_assert_int_eq(faccessat(home, "users/cdb.tmp", F_OK, 0), -1);
	ck_assert_int_eq(users_find(home, SPAN("joe"), &text, &e), USERS_FOUND);
	str_free(&text);
}
END_TEST

/* With the nth allocation failing the answer is right or there is none. */
START_TEST(lookups_survive_without_memory)
{
	int home = home_with(assign);
	enum users_status got = USERS_FAILED;
	struct err e;

	ck_assert_int_eq(users_compile(home, &e), 0);
	for (int nth = 1; got != USERS_FOUND; nth++) {
		struct str text = {0};

		fault_at(FAULT_REALLOC, nth, ENOMEM);
		got = users_find(home, SPAN("who"), &text, &e);
		ck_assert(got == USERS_FOUND ||
		          (got == USERS_FAILED && e.sys == ENOMEM));
		str_free(&text);
		ck_assert_int_lt(nth, 100);
	}
	fault_at(FAULT_REALLOC, 0, 0);
}
END_TEST

int
main(void)
{
	TCase *t = unit_begin("qmail/users");

	tcase_add_loop_test(t, entry_parse, 0, ROWS(entries));
	tcase_add_test(t, an_entry_that_is_put_can_be_parsed);
	tcase_add_loop_test(t, line_parse, 0, ROWS(lines));
	tcase_add_test(t, a_line_that_is_put_can_be_parsed);
	tcase_add_loop_test(t, lookup, 0, ROWS(lookups));
	tcase_add_test(t, names_nobody_has_are_absent);
	tcase_add_test(t, a_database_without_its_list_is_trouble);
	tcase_add_loop_test(t, a_bad_source_leaves_the_database, 0,
	    ROWS(bad_assigns));
	tcase_add_test(t, lookups_survive_without_memory);
	return unit_end();
}
