/* SPDX-License-Identifier: ISC */
#include "mta/inject/sendmail_options.h"

#include "tests/support/unit.h"

enum { ARGS = 6 };

static const struct {
	const char *argv[ARGS];
	enum sendmail_action action;
	bool read_header;
	const char *sender;
	const char *recipient; /* the first one */
} cases[] = {
    {{"sendmail"}, SENDMAIL_INJECT, false, NULL, NULL},
    {{"sendmail", "-oi", "-t", "a"}, SENDMAIL_INJECT, true, NULL, "a"},
    {{"sendmail", "-tiv", "-fx", "--", "-a"}, SENDMAIL_INJECT, true, "x", "-a"},
    {{"sendmail", "a", "-t"}, SENDMAIL_INJECT, false, NULL, "a"},
    {{"sendmail", "-Efoo", "-J", "a"}, SENDMAIL_INJECT, false, NULL, "a"},
    {{"sendmail", "-bs", "-bd"}, SENDMAIL_SMTP, false, NULL, "-bd"},
    {{"sendmail", "-bp"}, SENDMAIL_LIST, false, NULL, NULL},
    {{"sendmail", "-bmx", "a"}, SENDMAIL_INJECT, false, NULL, "a"},
    {{"sendmail", "-bd"}, SENDMAIL_USAGE, false, NULL, NULL},
    {{"sendmail", "-b"}, SENDMAIL_USAGE, false, NULL, NULL},
    {{"sendmail", "-q30m"}, SENDMAIL_USAGE, false, NULL, NULL},
    {{"/usr/bin/mailq", "-v"}, SENDMAIL_LIST, false, NULL, NULL},
    {{"mailq", "-q"}, SENDMAIL_USAGE, false, NULL, NULL},
    {{"newaliases"}, SENDMAIL_ALIASES, false, NULL, NULL},
    {{"xmailq"}, SENDMAIL_INJECT, false, NULL, NULL},
};

/* Each test runs in a process of its own: getopt() keeps state. */
START_TEST(parse)
{
	char text[ARGS][32], *argv[ARGS + 1] = {NULL};
	struct sendmail_options o;
	int argc = 0;

	for (; argc < ARGS && cases[_i].argv[argc] != NULL; argc++) {
		struct span arg = span_cstr(cases[_i].argv[argc]);

		memcpy(text[argc], arg.p, arg.n + 1);
		argv[argc] = text[argc];
	}
	sendmail_options_parse(&o, argc, argv);
	ck_assert_int_eq((int)o.action, (int)cases[_i].action);
	if (o.action == SENDMAIL_USAGE)
		return;
	ck_assert_int_eq(o.read_header, cases[_i].read_header);
	ck_span(span_cstr(o.sender), span_cstr(cases[_i].sender), "sender");
	ck_span(span_cstr(o.recipients[0]), span_cstr(cases[_i].recipient),
	    "recipient");
}
END_TEST

int
main(void)
{
	tcase_add_loop_test(unit_begin("inject/sendmail_options"), parse, 0,
	    ROWS(cases));
	return unit_end();
}
