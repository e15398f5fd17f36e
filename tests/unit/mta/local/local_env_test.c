/* SPDX-License-Identifier: ISC */
#include "mta/local/local_env.h"

#include "tests/support/unit.h"

static char given[][16] = {"PATH=/bin", "DEFAULT=old", "EXT2=old", "EXTRA=kept",
    "SENDER=old", "ODD"};
static char *const inherited[] = {given[0], given[1], given[2], given[3],
    given[4], given[5], NULL};

static const struct local_env_values plain = {
    .user = SPAN_INIT("joe"),
    .home = SPAN_INIT("/home/joe"),
    .local = SPAN_INIT("joe-a-b-c-d-e"),
    .ext = SPAN_INIT("a-b-c-d-e"),
    .host = SPAN_INIT("h1.h2.h3"),
    .sender = SPAN_INIT("s@t"),
    .newsender = SPAN_INIT("n@t"),
    .dtline = SPAN_INIT("D\n"),
    .rpline = SPAN_INIT("R\n"),
    .ufline = SPAN_INIT("U\n"),
};

/* All variables, a "|" behind each. */
static void
check_env(const struct local_env_values *v, const char *want)
{
	struct str got = {0};
	struct local_env env;

	ck_assert_int_eq(local_env_build(&env, inherited, v), 0);
	for (size_t i = 0; env.vector[i] != NULL; i++) {
		str_put_cstr(&got, env.vector[i]);
		str_putc(&got, '|');
	}
	ck_span(str_span(&got), span_cstr(want), "environment");
	str_free(&got);
	local_env_free(&env);
}

START_TEST(ours_replace_the_inherited)
{
	check_env(&plain,
	    "PATH=/bin|EXTRA=kept|ODD|USER=joe|HOME=/home/joe|"
	    "LOCAL=joe-a-b-c-d-e|EXT=a-b-c-d-e|EXT2=b-c-d-e|EXT3=c-d-e|"
	    "EXT4=d-e|HOST=h1.h2.h3|HOST2=h1.h2|HOST3=h1|HOST4=h1|SENDER=s@t|"
	    "NEWSENDER=n@t|RECIPIENT=joe-a-b-c-d-e@h1.h2.h3|DTLINE=D\n|"
	    "RPLINE=R\n|UFLINE=U\n|");
}
END_TEST

START_TEST(what_a_sender_chose_is_no_shell_function)
{
	struct local_env_values v = plain;

	v.user = SPAN("() { u");
	v.local = SPAN("() { :;}; x");
	v.ext = SPAN("() { :;}-() {y");
	v.host = SPAN("() {");
	v.sender = SPAN("() { :;}");
	v.newsender = SPAN(" () {");
	v.has_default = true;
	v.default_part = SPAN("() { d");
	check_env(&v,
	    "PATH=/bin|EXTRA=kept|ODD|USER=() { u|HOME=/home/joe|"
	    "LOCAL=_() { :;}; x|EXT=_() { :;}-() {y|EXT2=_() {y|EXT3=|EXT4=|"
	    "HOST=_() {|HOST2=_() {|HOST3=_() {|HOST4=_() {|SENDER=_() { :;}|"
	    "NEWSENDER= () {|RECIPIENT=_() { :;}; x@() {|DEFAULT=_() { d|"
	    "DTLINE=D\n|RPLINE=R\n|UFLINE=U\n|");
}
END_TEST

START_TEST(short_memory_is_reported)
{
	struct local_env env;
	int rc = -1;

	for (int nth = 1; rc == -1; nth++) {
		fault_at(FAULT_REALLOC, nth, 0);
		rc = local_env_build(&env, inherited, &plain);
		ck_assert(rc == 0 || env.vector == NULL);
	}
	local_env_free(&env);
}
END_TEST

int
main(void)
{
	TCase *t = unit_begin("local/local_env");

	tcase_add_test(t, ours_replace_the_inherited);
	tcase_add_test(t, what_a_sender_chose_is_no_shell_function);
	tcase_add_test(t, short_memory_is_reported);
	return unit_end();
}
