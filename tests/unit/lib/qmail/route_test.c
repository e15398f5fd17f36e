/* SPDX-License-Identifier: ISC */
#include "qmail/route.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "tests/support/unit.h"

static const struct hash_seed seed = {{3, 4}};

static void
put_control(int home, const char *name, struct span bytes)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "control/%s", name);
	ck_assert_int_eq(file_replace(home, path, bytes, 0600, NULL), 0);
}

static int
make_home(void)
{
	int home = open_tmp_dir();

	ck_assert_int_eq(mkdirat(home, "control", 0700), 0);
	put_control(home, "me", SPAN("ME\n"));
	put_control(home, "locals", SPAN("local.example\n# x\nBoth.example\n"));
	put_control(home, "percenthack", SPAN("gate.example\ngate2.example\n"));
	put_control(home, "virtualdomains",
	    SPAN("virt.example:alice-v\n"
	         "nocolon.example\n"
	         "only@one.example:onlyu\n"
	         "one.example:oneu\n"
	         ".sub.example:suffix\n"
	         "deep.sub.example:deep\n"
	         "free.sub.example:\n"
	         "both.example:never\n"
	         "person@local.example:never\n"
	         "dup.example:first\nDUP.example:second\n"
	         "colon.example:a:b\n"));
	return home;
}

static struct route
load(int home)
{
	struct control c;
	struct route r;
	struct err e;

	ck_assert_int_eq(control_open(&c, home, &e), 0);
	ck_assert_msg(route_load(&r, &c, &seed, &e) == 0, "%s", e.text);
	control_close(&c);
	return r;
}

static const struct {
	const char *label;
	struct span recipient;
	enum route_channel channel;
	struct span want;
	struct span stripped;
} cases[] = {
    {"local", SPAN_INIT("x@local.example"), ROUTE_LOCAL,
        SPAN_INIT("x@local.example"), SPAN_INIT("x@local.example")},
    {"case is kept", SPAN_INIT("X@LOCAL.example"), ROUTE_LOCAL,
        SPAN_INIT("X@LOCAL.example"), SPAN_INIT("X@LOCAL.example")},
    {"remote", SPAN_INIT("x@r.example"), ROUTE_REMOTE, SPAN_INIT("x@r.example"),
        SPAN_INIT("x@r.example")},
    {"no host", SPAN_INIT("nohost"), ROUTE_REMOTE, SPAN_INIT("nohost@ME"),
        SPAN_INIT("nohost@ME")},
    {"empty", SPAN_INIT(""), ROUTE_REMOTE, SPAN_INIT("@ME"), SPAN_INIT("@ME")},
    {"percent", SPAN_INIT("user%local.example@gate.example"), ROUTE_LOCAL,
        SPAN_INIT("user@local.example"), SPAN_INIT("user@local.example")},
    {"percent twice", SPAN_INIT("u%a.example%gate2.example@gate.example"),
        ROUTE_REMOTE, SPAN_INIT("u@a.example"), SPAN_INIT("u@a.example")},
    {"percent elsewhere", SPAN_INIT("u%a.example@local.example"), ROUTE_LOCAL,
        SPAN_INIT("u%a.example@local.example"),
        SPAN_INIT("u%a.example@local.example")},
    {"no percent at a gate", SPAN_INIT("u@gate.example"), ROUTE_REMOTE,
        SPAN_INIT("u@gate.example"), SPAN_INIT("u@gate.example")},
    {"percent in the host only", SPAN_INIT("u@x%gate.example"), ROUTE_REMOTE,
        SPAN_INIT("u@x%gate.example"), SPAN_INIT("u@x%gate.example")},
    {"percent, then virtual", SPAN_INIT("x%virt.example@gate.example"),
        ROUTE_LOCAL, SPAN_INIT("alice-v-x@virt.example"),
        SPAN_INIT("x@virt.example")},
    {"virtual", SPAN_INIT("x@virt.example"), ROUTE_LOCAL,
        SPAN_INIT("alice-v-x@virt.example"), SPAN_INIT("x@virt.example")},
    {"virtual, other case", SPAN_INIT("x@VIRT.Example"), ROUTE_LOCAL,
        SPAN_INIT("alice-v-x@VIRT.Example"), SPAN_INIT("x@VIRT.Example")},
    {"the last @ counts", SPAN_INIT("x@r.example@virt.example"), ROUTE_LOCAL,
        SPAN_INIT("alice-v-x@r.example@virt.example"),
        SPAN_INIT("x@r.example@virt.example")},
    {"entry without colon", SPAN_INIT("x@nocolon.example"), ROUTE_REMOTE,
        SPAN_INIT("x@nocolon.example"), SPAN_INIT("x@nocolon.example")},
    {"whole address", SPAN_INIT("only@one.example"), ROUTE_LOCAL,
        SPAN_INIT("onlyu-only@one.example"), SPAN_INIT("only@one.example")},
    {"beside a whole address", SPAN_INIT("other@one.example"), ROUTE_LOCAL,
        SPAN_INIT("oneu-other@one.example"), SPAN_INIT("other@one.example")},
    {"suffix", SPAN_INIT("x@a.b.sub.example"), ROUTE_LOCAL,
        SPAN_INIT("suffix-x@a.b.sub.example"), SPAN_INIT("x@a.b.sub.example")},
    {"the bare domain has no dot", SPAN_INIT("x@sub.example"), ROUTE_REMOTE,
        SPAN_INIT("x@sub.example"), SPAN_INIT("x@sub.example")},
    {"domain before suffix", SPAN_INIT("x@deep.sub.example"), ROUTE_LOCAL,
        SPAN_INIT("deep-x@deep.sub.example"), SPAN_INIT("x@deep.sub.example")},
    {"exception", SPAN_INIT("x@free.sub.example"), ROUTE_REMOTE,
        SPAN_INIT("x@free.sub.example"), SPAN_INIT("x@free.sub.example")},
    {"locals win", SPAN_INIT("x@both.example"), ROUTE_LOCAL,
        SPAN_INIT("x@both.example"), SPAN_INIT("x@both.example")},
    {"locals win over addresses", SPAN_INIT("person@local.example"),
        ROUTE_LOCAL, SPAN_INIT("person@local.example"),
        SPAN_INIT("person@local.example")},
    {"last line wins", SPAN_INIT("x@dup.example"), ROUTE_LOCAL,
        SPAN_INIT("second-x@dup.example"), SPAN_INIT("x@dup.example")},
    {"colon in the prepend", SPAN_INIT("x@colon.example"), ROUTE_LOCAL,
        SPAN_INIT("a:b-x@colon.example"), SPAN_INIT("x@colon.example")},
    {"blanks and 8 bit pass", SPAN_INIT(" a\n\xff@virt.example"), ROUTE_LOCAL,
        SPAN_INIT("alice-v- a\n\xff@virt.example"),
        SPAN_INIT(" a\n\xff@virt.example")},
    {"trailing dot is another domain", SPAN_INIT("x@virt.example."),
        ROUTE_REMOTE, SPAN_INIT("x@virt.example."),
        SPAN_INIT("x@virt.example.")},
    {"empty box", SPAN_INIT("@virt.example"), ROUTE_LOCAL,
        SPAN_INIT("alice-v-@virt.example"), SPAN_INIT("@virt.example")},
};

START_TEST(route)
{
	struct route r = load(make_home());
	struct str out = {0};
	struct span got;

	str_put_cstr(&out, "kept");
	ck_assert_msg(route_put(&r, cases[_i].recipient, &out) ==
	                  cases[_i].channel,
	    "%s: channel", cases[_i].label);
	got = str_span(&out);
	ck_assert(span_take_prefix(&got, SPAN("kept")));
	ck_span(got, cases[_i].want, cases[_i].label);
	ck_span(route_strip(&r, got), cases[_i].stripped, cases[_i].label);
	str_free(&out);
	route_free(&r);
}
END_TEST

static const struct {
	const char *label;
	struct span rewritten, want;
} strips[] = {
    {"not ours", SPAN_INIT("bob-x@virt.example"),
        SPAN_INIT("bob-x@virt.example")},
    {"prefix alone", SPAN_INIT("alice-v@virt.example"),
        SPAN_INIT("alice-v@virt.example")},
    {"no dash", SPAN_INIT("alice-vx@virt.example"),
        SPAN_INIT("alice-vx@virt.example")},
    {"prefix twice", SPAN_INIT("alice-v-alice-v-x@virt.example"),
        SPAN_INIT("alice-v-x@virt.example")},
    {"case of the prefix counts", SPAN_INIT("Alice-v-x@virt.example"),
        SPAN_INIT("Alice-v-x@virt.example")},
    {"whole address, other prefix", SPAN_INIT("x-only@one.example"),
        SPAN_INIT("x-only@one.example")},
    {"no @", SPAN_INIT("alice-v-x"), SPAN_INIT("alice-v-x")},
    {"exception", SPAN_INIT("-x@free.sub.example"),
        SPAN_INIT("-x@free.sub.example")},
    {"empty", SPAN_INIT(""), SPAN_INIT("")},
};

START_TEST(strip)
{
	struct route r = load(make_home());

	ck_span(route_strip(&r, strips[_i].rewritten), strips[_i].want,
	    strips[_i].label);
	route_free(&r);
}
END_TEST

START_TEST(an_empty_key_catches_the_rest)
{
	int home = make_home();
	struct str out = {0};
	struct route r;

	put_control(home, "virtualdomains", SPAN("free.example:\n:all\n"));
	r = load(home);
	ck_assert_int_eq(route_put(&r, SPAN("x@r.example"), &out), ROUTE_LOCAL);
	ck_span(str_span(&out), SPAN("all-x@r.example"), "caught");
	ck_span(route_strip(&r, str_span(&out)), SPAN("x@r.example"), "strip");
	str_reset(&out);
	ck_assert_int_eq(route_put(&r, SPAN("x@free.example"), &out),
	    ROUTE_REMOTE);
	route_free(&r);
	str_free(&out);
}
END_TEST

START_TEST(without_locals_and_me_nothing_is_loaded)
{
	int home = make_home();
	struct control c;
	struct route r;
	struct err e;

	ck_assert_int_eq(unlinkat(home, "control/locals", 0), 0);
	r = load(home);
	ck_assert(constmap_has(&r.locals, SPAN("me")));
	route_free(&r);
	ck_assert_int_eq(unlinkat(home, "control/me", 0), 0);
	ck_assert_int_eq(control_open(&c, home, &e), 0);
	ck_assert_int_eq(route_load(&r, &c, &seed, &e), -1);
	ck_assert_ptr_nonnull(strstr(e.text, "control/locals"));
	control_close(&c);
}
END_TEST

static enum route_channel
channel_of(const struct route *r, struct span recipient)
{
	struct str out = {0};
	enum route_channel channel = route_put(r, recipient, &out);

	str_free(&out);
	return channel;
}

START_TEST(reload_replaces_both_or_none)
{
	int home = make_home();
	struct control c;
	struct route r;
	struct err e;

	ck_assert_int_eq(control_open(&c, home, &e), 0);
	ck_assert_int_eq(route_load(&r, &c, &seed, &e), 0);
	put_control(home, "locals", SPAN("new.example\n"));
	put_control(home, "percenthack", SPAN("new.example\n"));
	ck_assert_int_eq(unlinkat(home, "control/virtualdomains", 0), 0);
	ck_assert_int_eq(mkdirat(home, "control/virtualdomains", 0700), 0);
	ck_assert_int_eq(route_reload(&r, &c, &e), ROUTE_KEPT_VIRTUALDOMAINS);
	ck_assert_int_eq(channel_of(&r, SPAN("x@local.example")), ROUTE_LOCAL);
	ck_assert_int_eq(channel_of(&r, SPAN("x@new.example")), ROUTE_REMOTE);

	ck_assert_int_eq(unlinkat(home, "control/virtualdomains", AT_REMOVEDIR),
	    0);
	ck_assert_int_eq(route_reload(&r, &c, &e), ROUTE_RELOADED);
	ck_assert_int_eq(channel_of(&r, SPAN("x@local.example")), ROUTE_REMOTE);
	ck_assert_int_eq(channel_of(&r, SPAN("x@virt.example")), ROUTE_REMOTE);
	ck_assert_int_eq(channel_of(&r, SPAN("x@new.example")), ROUTE_LOCAL);
	ck_assert_int_eq(channel_of(&r, SPAN("x%y@new.example")), ROUTE_LOCAL);

	ck_assert_int_eq(unlinkat(home, "control/locals", 0), 0);
	ck_assert_int_eq(mkdirat(home, "control/locals", 0700), 0);
	ck_assert_int_eq(route_reload(&r, &c, &e), ROUTE_KEPT_LOCALS);
	ck_assert_int_eq(channel_of(&r, SPAN("x@new.example")), ROUTE_LOCAL);
	route_free(&r);
	control_close(&c);
}
END_TEST

/* Cost, not only result: each of these looks up a thousand suffixes. */
START_TEST(hostile_recipients_are_cheap)
{
	struct route r = load(make_home());
	struct str dots = {0}, out = {0};

	str_put_cstr(&dots, "x@");
	for (int i = 0; i < 100000; i++)
		str_putc(&dots, '.');
	ck_assert_int_eq(route_put(&r, str_span(&dots), &out), ROUTE_REMOTE);
	str_reset(&dots);
	str_reset(&out);
	for (int i = 0; i < 100000; i++)
		str_put_cstr(&dots, "%gate.example");
	str_put_cstr(&dots, "@gate.example");
	ck_assert_int_eq(route_put(&r, str_span(&dots), &out), ROUTE_REMOTE);
	ck_span(str_span(&out), SPAN("@gate.example"), "what is left");
	str_free(&dots);
	str_free(&out);
	route_free(&r);
}
END_TEST

int
main(void)
{
	TCase *t = unit_begin("qmail/route");

	tcase_add_loop_test(t, route, 0, ROWS(cases));
	tcase_add_loop_test(t, strip, 0, ROWS(strips));
	tcase_add_test(t, an_empty_key_catches_the_rest);
	tcase_add_test(t, without_locals_and_me_nothing_is_loaded);
	tcase_add_test(t, reload_replaces_both_or_none);
	tcase_add_test(t, hostile_recipients_are_cheap);
	return unit_end();
}
