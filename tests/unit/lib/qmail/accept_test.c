/* SPDX-License-Identifier: ISC */
#include "qmail/accept.h"

#include <sys/stat.h>

#include "base/file.h"
#include "qmail/morercpthosts.h"
#include "tests/support/unit.h"

static int home;

static void
make_home(void)
{
	home = open_tmp_dir();
	ck_assert_int_eq(mkdirat(home, "control", 0700), 0);
}

static void
write_file(const char *name, struct span text)
{
	struct err e;

	ck_assert_msg(file_replace(home, name, text, 0600, &e) == 0, "%s",
	    e.text);
}

static void
load(struct accept_rules *a)
{
	static const struct hash_seed seed = {{3, 4}};
	struct control c;
	struct err e;

	ck_assert_int_eq(control_open(&c, home, &e), 0);
	ck_assert_msg(accept_load(a, &c, &seed, &e) == 0, "%s", e.text);
	ck_assert_msg(accept_load_senders(a, &c, &seed, &e) == 0, "%s", e.text);
	control_close(&c);
}

static const struct {
	struct span recipient;
	int want;
} recipients[] = {
    {SPAN_INIT("u@local.example"), 1},
    {SPAN_INIT("u@LOCAL.Example"), 1},
    {SPAN_INIT("u@x.local.example"), 0},
    {SPAN_INIT("u@x.sub.example"), 1},
    {SPAN_INIT("u@y.x.sub.example"), 1},
    {SPAN_INIT("u@sub.example"), 0},
    {SPAN_INIT("u@local.example.far.example"), 0},
    {SPAN_INIT("a@local.example@far.example"), 0},
    {SPAN_INIT("a@far.example@local.example"), 1},
    {SPAN_INIT("u@more.example"), 1},
    {SPAN_INIT("u@MORE.example"), 1},
    {SPAN_INIT("u@x.deep.example"), 1},
    {SPAN_INIT("u@less.example"), 0},
    {SPAN_INIT("nohost"), 1},
    {SPAN_INIT(""), 1},
    {SPAN_INIT("u@"), 0},
    {SPAN_INIT("@local.example"), 1},
};

START_TEST(rcpthosts_and_database)
{
	struct accept_rules a;
	struct err e;

	make_home();
	write_file("control/rcpthosts", SPAN("local.example\n.sub.example\n"));
	write_file("control/morercpthosts",
	    SPAN("More.Example\n.deep.example\n"));
	ck_assert_msg(morercpthosts_compile(home, &e) == 0, "%s", e.text);
	load(&a);
	ck_assert_msg(accept_is_ours(&a, recipients[_i].recipient, &e) ==
	                  recipients[_i].want,
	    "%s", recipients[_i].recipient.p);
	accept_free(&a);
}
END_TEST

START_TEST(without_rcpthosts_everything_is_ours)
{
	struct accept_rules a;

	make_home();
	write_file("control/morercpthosts.cdb", SPAN("no database"));
	load(&a);
	ck_assert_int_eq(accept_is_ours(&a, SPAN("u@far.example"), NULL), 1);
	accept_free(&a);
}
END_TEST

START_TEST(an_empty_list_accepts_nothing)
{
	struct accept_rules a;

	make_home();
	write_file("control/rcpthosts", SPAN("# nothing\n"));
	load(&a);
	ck_assert_int_eq(accept_is_ours(&a, SPAN("u@far.example"), NULL), 0);
	ck_assert_int_eq(accept_is_ours(&a, SPAN("u"), NULL), 1);
	accept_free(&a);
}
END_TEST

START_TEST(a_broken_database_is_noticed_when_needed)
{
	struct accept_rules a;
	struct err e = {0};

	make_home();
	write_file("control/rcpthosts", SPAN("local.example\n"));
	write_file("control/morercpthosts.cdb", SPAN("no database"));
	load(&a);
	ck_assert_int_eq(accept_is_ours(&a, SPAN("u@local.example"), &e), 1);
	ck_assert_int_eq(accept_is_ours(&a, SPAN("u@far.example"), &e), -1);
	ck_assert_int_ne(e.text[0], '\0');
	accept_free(&a);
}
END_TEST

static const struct {
	struct span sender;
	bool want;
} senders[] = {
    {SPAN_INIT("bad@x.example"), true},
    {SPAN_INIT("BAD@X.example"), true},
    {SPAN_INIT("good@x.example"), false},
    {SPAN_INIT("any@worse.example"), true},
    {SPAN_INIT("a@b@worse.example"), true},
    {SPAN_INIT("any@sub.worse.example"), false},
    {SPAN_INIT(""), false},
    {SPAN_INIT("worse.example"), false},
};

START_TEST(badmailfrom)
{
	struct accept_rules a;

	make_home();
	write_file("control/badmailfrom",
	    SPAN("bad@x.example\n\n#c@d\n@worse.example\n"));
	load(&a);
	ck_assert_msg(accept_is_bad_sender(&a, senders[_i].sender) ==
	                  senders[_i].want,
	    "%s", senders[_i].sender.p);
	accept_free(&a);
}
END_TEST

int
main(void)
{
	TCase *t = unit_begin("qmail/accept");

	tcase_add_loop_test(t, rcpthosts_and_database, 0, ROWS(recipients));
	tcase_add_test(t, without_rcpthosts_everything_is_ours);
	tcase_add_test(t, an_empty_list_accepts_nothing);
	tcase_add_test(t, a_broken_database_is_noticed_when_needed);
	tcase_add_loop_test(t, badmailfrom, 0, ROWS(senders));
	return unit_end();
}
