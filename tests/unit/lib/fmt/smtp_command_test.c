/* SPDX-License-Identifier: ISC */
#include "fmt/smtp_command.h"

#include "tests/support/unit.h"

static const struct {
	struct span line;
	enum smtp_verb verb;
	struct span argument;
} lines[] = {
    {SPAN_INIT("MAIL FROM:<a@b>"), SMTP_MAIL, SPAN_INIT("FROM:<a@b>")},
    {SPAN_INIT("rCpT   to:<a@b>"), SMTP_RCPT, SPAN_INIT("to:<a@b>")},
    {SPAN_INIT("DATA"), SMTP_DATA, SPAN_INIT("")},
    {SPAN_INIT("NOOP x"), SMTP_NOOP, SPAN_INIT("x")},
    {SPAN_INIT("QUIT "), SMTP_QUIT, SPAN_INIT("")},
    {SPAN_INIT("DATA\t"), SMTP_UNKNOWN, SPAN_INIT("")},
    {SPAN_INIT(""), SMTP_UNKNOWN, SPAN_INIT("")},
    {SPAN_INIT(" HELO"), SMTP_UNKNOWN, SPAN_INIT("HELO")},
    {SPAN_INIT("MAILX"), SMTP_UNKNOWN, SPAN_INIT("")},
    {SPAN_INIT("QUIT\0"), SMTP_UNKNOWN, SPAN_INIT("")},
};

START_TEST(command)
{
	struct span argument;

	ck_assert_int_eq(smtp_command_parse(lines[_i].line, &argument),
	    lines[_i].verb);
	ck_span(argument, lines[_i].argument, "argument");
}
END_TEST

/* the observed results of the specification, and one row per rule */
static const struct {
	struct span argument, address, rest;
	enum smtp_address_status status;
} addresses[] = {
    {SPAN_INIT("FROM:<a@b> SIZE=1"), SPAN_INIT("a@b"), SPAN_INIT(" SIZE=1"),
        SMTP_ADDRESS_OK},
    {SPAN_INIT(""), SPAN_INIT(""), SPAN_INIT(""), SMTP_ADDRESS_ABSENT},
    {SPAN_INIT("FROM:<>"), SPAN_INIT(""), SPAN_INIT(""), SMTP_ADDRESS_OK},
    {SPAN_INIT("<a b@c>"), SPAN_INIT("a b@c"), SPAN_INIT(""), SMTP_ADDRESS_OK},
    {SPAN_INIT("\"<x@y>\""), SPAN_INIT("x@y"), SPAN_INIT("\""),
        SMTP_ADDRESS_OK},
    {SPAN_INIT("<\"a>b\"@c>"), SPAN_INIT("a>b@c"), SPAN_INIT(""),
        SMTP_ADDRESS_OK},
    {SPAN_INIT("<a\\@b@c>"), SPAN_INIT("a@b@c"), SPAN_INIT(""),
        SMTP_ADDRESS_OK},
    {SPAN_INIT("<@h1,@h2:a@b>"), SPAN_INIT("a@b"), SPAN_INIT(""),
        SMTP_ADDRESS_OK},
    {SPAN_INIT("<@noc>"), SPAN_INIT(""), SPAN_INIT(""), SMTP_ADDRESS_OK},
    {SPAN_INIT("<a@b"), SPAN_INIT("a@b"), SPAN_INIT(""), SMTP_ADDRESS_OK},
    {SPAN_INIT("a@b foo"), SPAN_INIT("a@b"), SPAN_INIT("foo"), SMTP_ADDRESS_OK},
    {SPAN_INIT("TO: a@b foo"), SPAN_INIT("a@b"), SPAN_INIT("foo"),
        SMTP_ADDRESS_OK},
    {SPAN_INIT("<a@b>trailing"), SPAN_INIT("a@b"), SPAN_INIT("trailing"),
        SMTP_ADDRESS_OK},
    {SPAN_INIT("<a\0b@c>"), SPAN_INIT("a\0b@c"), SPAN_INIT(""),
        SMTP_ADDRESS_CONTROL},
    {SPAN_INIT("<a\x7f@c>"), SPAN_INIT("a\x7f@c"), SPAN_INIT(""),
        SMTP_ADDRESS_CONTROL},
    {SPAN_INIT("<\xe9@c>"), SPAN_INIT("\xe9@c"), SPAN_INIT(""),
        SMTP_ADDRESS_OK},
    {SPAN_INIT("<a\\"), SPAN_INIT("a"), SPAN_INIT(""), SMTP_ADDRESS_OK},
};

START_TEST(address)
{
	struct str got = {0};
	struct span rest;

	ck_assert_int_eq(smtp_address_parse(addresses[_i].argument, &got,
	                     &rest),
	    addresses[_i].status);
	ck_span(str_span(&got), addresses[_i].address, "address");
	ck_span(rest, addresses[_i].rest, "rest");
	str_free(&got);
}
END_TEST

START_TEST(parameters)
{
	struct span value = {0};

	ck_assert(smtp_param_find(SPAN(" BODY=8BITMIME size=123"), SPAN("SIZE"),
	    &value));
	ck_span(value, SPAN("123"), "SIZE");
	ck_assert(smtp_param_find(SPAN("SMTPUTF8"), SPAN("smtputf8"), &value));
	ck_span(value, SPAN(""), "no value");
	ck_assert(
	    !smtp_param_find(SPAN(" SIZES=1 XSIZE=2"), SPAN("SIZE"), &value));
	ck_assert(!smtp_param_find(SPAN(""), SPAN("SIZE"), &value));
}
END_TEST

int
main(void)
{
	TCase *t = unit_begin("fmt/smtp_command");

	tcase_add_loop_test(t, command, 0, ROWS(lines));
	tcase_add_loop_test(t, address, 0, ROWS(addresses));
	tcase_add_test(t, parameters);
	return unit_end();
}
