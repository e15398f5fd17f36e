/* SPDX-License-Identifier: ISC */
#include "qmail/dotqmail.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "tests/support/unit.h"

static const struct {
	const char *label;
	struct span line;
	enum dotqmail_kind want;
	struct span text;
} lines[] = {
    {"empty", SPAN_INIT(""), DOTQMAIL_BLANK, SPAN_INIT("")},
    {"blanks", SPAN_INIT(" \t "), DOTQMAIL_BLANK, SPAN_INIT("")},
    {"comment", SPAN_INIT("# x "), DOTQMAIL_COMMENT, SPAN_INIT(" x")},
    {"mbox", SPAN_INIT("./Mailbox \t"), DOTQMAIL_MBOX, SPAN_INIT("./Mailbox")},
    {"lone dot", SPAN_INIT("."), DOTQMAIL_MBOX, SPAN_INIT(".")},
    {"lone slash", SPAN_INIT("/"), DOTQMAIL_MAILDIR, SPAN_INIT("/")},
    {"maildir", SPAN_INIT("/m/"), DOTQMAIL_MAILDIR, SPAN_INIT("/m/")},
    {"CR is kept", SPAN_INIT("./m/\r"), DOTQMAIL_MBOX, SPAN_INIT("./m/\r")},
    {"program", SPAN_INIT("| cat "), DOTQMAIL_PROGRAM, SPAN_INIT(" cat")},
    {"lone bar", SPAN_INIT("|"), DOTQMAIL_PROGRAM, SPAN_INIT("")},
    {"list", SPAN_INIT("+list "), DOTQMAIL_LIST, SPAN_INIT("list")},
    {"other plus", SPAN_INIT("+lists"), DOTQMAIL_OTHER, SPAN_INIT("lists")},
    {"plus", SPAN_INIT("+"), DOTQMAIL_OTHER, SPAN_INIT("")},
    {"forward", SPAN_INIT("& a, <b>"), DOTQMAIL_FORWARD, SPAN_INIT(" a, <b>")},
    {"ampersand", SPAN_INIT("&"), DOTQMAIL_FORWARD, SPAN_INIT("")},
    {"bare", SPAN_INIT("a@b"), DOTQMAIL_FORWARD, SPAN_INIT("a@b")},
    {"leading blank", SPAN_INIT(" ./m"), DOTQMAIL_FORWARD, SPAN_INIT(" ./m")},
};

START_TEST(parse_line)
{
	struct dotqmail_line got = dotqmail_parse_line(lines[_i].line);

	ck_assert_msg(got.kind == lines[_i].want, "%s: got %d", lines[_i].label,
	    (int)got.kind);
	ck_span(got.text, lines[_i].text, lines[_i].label);
}
END_TEST

static const struct {
	const char *label;
	struct span text;
	bool forward_only;
	const char *want; /* o = OK, b = BLANK, f = FORBIDDEN */
} texts[] = {
    {"empty", SPAN_INIT(""), false, "b"},
    {"LF", SPAN_INIT("\n"), false, "b"},
    {"blank first", SPAN_INIT(" \n./m\n"), false, "bo"},
    {"blank later", SPAN_INIT("./m\n\n\nx"), false, "oooo"},
    {"comment first", SPAN_INIT("#\n\n"), false, "oo"},
    {"x bit", SPAN_INIT("a@b\n./m\n|p\nc@d\n"), true, "offo"},
    {"list", SPAN_INIT("./m\n+list\n./m/\na@b"), false, "oofo"},
    {"other plus", SPAN_INIT("+x\n./m"), false, "oo"},
};

START_TEST(steps)
{
	static const char letters[] = "o.bf"; /* by enum dotqmail_step */
	struct dotqmail_reader r =
	    dotqmail_reader_init(texts[_i].text, texts[_i].forward_only);
	struct dotqmail_line line;
	enum dotqmail_step step;
	struct str got = {0};

	while ((step = dotqmail_next(&r, &line)) != DOTQMAIL_STEP_END)
		str_putc(&got, letters[step]);
	ck_span(str_span(&got), span_cstr(texts[_i].want), texts[_i].label);
	str_free(&got);
}
END_TEST

static const struct {
	struct span dash, ext;
	const char *want; /* names, each with its default_at or - */
} names[] = {
    {SPAN_INIT(""), SPAN_INIT(""), ".qmail - .qmaildefault 0 "},
    {SPAN_INIT("-"), SPAN_INIT(""), ".qmail- - .qmail-default 0 "},
    {SPAN_INIT("-"), SPAN_INIT("a-b-c"),
        ".qmail-a-b-c - .qmail-a-b-default 4 .qmail-a-default 2 "
        ".qmail-default 0 "},
    {SPAN_INIT("-"), SPAN_INIT("a-"),
        ".qmail-a- - .qmail-a-default 2 .qmail-default 0 "},
    {SPAN_INIT("-"), SPAN_INIT("A.B"), ".qmail-a:b - .qmail-default 0 "},
    {SPAN_INIT("-"), SPAN_INIT("../x"), ".qmail-::/x - .qmail-default 0 "},
    {SPAN_INIT("-/"), SPAN_INIT("x-y"),
        ".qmail-/x-y - .qmail-/x-default 2 .qmail-/default 0 "},
    {SPAN_INIT("-"), SPAN_INIT("x-Default"),
        ".qmail-x-default 2 .qmail-x-default 2 .qmail-default 0 "},
};

START_TEST(names_in_order)
{
	struct dotqmail_address a = {names[_i].dash, names[_i].ext};
	struct dotqmail_names n;
	struct str got = {0};

	dotqmail_names_init(&n, &a);
	while (dotqmail_names_next(&n)) {
		str_put(&got, str_span(&n.name));
		str_putc(&got, ' ');
		if (n.has_default)
			str_put_u64(&got, n.default_at);
		else
			str_putc(&got, '-');
		str_putc(&got, ' ');
	}
	ck_assert(str_ok(&n.name));
	dotqmail_names_free(&n);
	ck_span(str_span(&got), span_cstr(names[_i].want), "names");
	str_free(&got);
}
END_TEST

static void
make_file(int dir, const char *name, mode_t mode, struct span text)
{
	int fd = openat(dir, name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	ck_assert_int_ne(fd, -1);
	ck_assert_int_eq(fd_write_full(fd, text.p, text.n), 0);
	ck_assert_int_eq(fchmod(fd, mode), 0);
	fd_close(&fd);
}

static enum dotqmail_status
find(int home, struct span ext, struct dotqmail_file *f, struct err *e)
{
	struct dotqmail_address a = {SPAN("-"), ext};

	return dotqmail_open(home, &a, 002, f, e);
}

START_TEST(the_best_file_is_found_and_loaded)
{
	int home = open_tmp_dir();
	struct dotqmail_file f;
	struct str text = {0};
	struct err e;

	make_file(home, ".qmail-a-default", 0700, SPAN("./m\n"));
	ck_assert_int_eq(mkdirat(home, ".qmail-a-b", 0700), 0);
	ck_assert_int_eq(find(home, SPAN("a-B"), &f, &e), DOTQMAIL_FOUND);
	ck_span(str_span(&f.name), SPAN(".qmail-a-default"), "name");
	ck_assert(f.forward_only && f.has_default);
	ck_span(f.default_part, SPAN("B"), "default");
	ck_assert_int_eq(dotqmail_load(&f, &text, &e), 0);
	ck_span(str_span(&text), SPAN("./m\n"), "text");
	dotqmail_close(&f);
	str_free(&text);

	make_file(home, ".qmail-a-x", 0620, SPAN(""));
	ck_assert_int_eq(find(home, SPAN("a-x"), &f, &e), DOTQMAIL_FOUND);
	ck_assert(!f.forward_only && !f.has_default);
	dotqmail_close(&f);
}
END_TEST

START_TEST(what_serves_no_file_is_absent_or_deferred)
{
	int home = open_tmp_dir();
	struct dotqmail_file f;
	struct err e;

	ck_assert_int_eq(find(home, SPAN("a"), &f, &e), DOTQMAIL_ABSENT);
	ck_assert_int_eq(find(home, SPAN("a\0b"), &f, &e), DOTQMAIL_ABSENT);
	ck_assert_int_eq(mkfifoat(home, ".qmail-a", 0600), 0);
	ck_assert_int_eq(find(home, SPAN("a"), &f, &e), DOTQMAIL_ABSENT);
	make_file(home, ".qmail-default", 0602, SPAN("x\n"));
	ck_assert_int_eq(find(home, SPAN("a"), &f, &e), DOTQMAIL_WRITABLE);
	fault_at(FAULT_REALLOC, 1, 0);
	ck_assert_int_eq(find(home, SPAN("a"), &f, &e), DOTQMAIL_TROUBLE);
	ck_assert_int_eq(e.sys, ENOMEM);
	if (geteuid() == 0)
		return; /* may read everything */
	make_file(home, ".qmail-b", 0, SPAN("x\n"));
	ck_assert_int_eq(find(home, SPAN("b"), &f, &e), DOTQMAIL_TROUBLE);
	ck_assert_int_eq(e.sys, EACCES);
}
END_TEST

static void
check_newsender(int home, struct span sender, struct span want)
{
	struct dotqmail_address a = {SPAN("-"), SPAN("L.x")};
	enum dotqmail_owner owner;
	struct str out = {0};
	struct err e;

	ck_assert_int_eq(dotqmail_find_owner(home, &a, sender, &owner, &e), 0);
	dotqmail_put_newsender(&out, owner, SPAN("joe-L.x"), SPAN("h"), sender);
	ck_span(str_span(&out), want, "new sender");
	str_free(&out);
}

START_TEST(owner_files_choose_the_sender)
{
	int home = open_tmp_dir();

	check_newsender(home, SPAN("s@t"), SPAN("s@t"));
	make_file(home, ".qmail-l:x-owner-default", 0600, SPAN(""));
	check_newsender(home, SPAN("s@t"), SPAN("s@t"));
	ck_assert_int_eq(mkdirat(home, ".qmail-l:x-owner", 0700), 0);
	check_newsender(home, SPAN("s@t"), SPAN("joe-L.x-owner-@h-@[]"));
	check_newsender(home, SPAN(""), SPAN(""));
	check_newsender(home, SPAN("#@[]"), SPAN("#@[]"));
	ck_assert_int_eq(unlinkat(home, ".qmail-l:x-owner-default", 0), 0);
	check_newsender(home, SPAN("s@t"), SPAN("joe-L.x-owner@h"));
}
END_TEST

START_TEST(home_modes)
{
	ck_assert_int_eq(dotqmail_check_home(0755, 002), DOTQMAIL_HOME_OK);
	ck_assert_int_eq(dotqmail_check_home(0775, 002), DOTQMAIL_HOME_OK);
	ck_assert_int_eq(dotqmail_check_home(0775, 022),
	    DOTQMAIL_HOME_WRITABLE);
	ck_assert_int_eq(dotqmail_check_home(01755, 002), DOTQMAIL_HOME_STICKY);
	ck_assert_int_eq(dotqmail_check_home(01777, 002),
	    DOTQMAIL_HOME_WRITABLE);
}
END_TEST

int
main(void)
{
	TCase *t = unit_begin("qmail/dotqmail");

	tcase_add_loop_test(t, parse_line, 0, ROWS(lines));
	tcase_add_loop_test(t, steps, 0, ROWS(texts));
	tcase_add_loop_test(t, names_in_order, 0, ROWS(names));
	tcase_add_test(t, the_best_file_is_found_and_loaded);
	tcase_add_test(t, what_serves_no_file_is_absent_or_deferred);
	tcase_add_test(t, owner_files_choose_the_sender);
	tcase_add_test(t, home_modes);
	return unit_end();
}
