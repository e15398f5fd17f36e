/* SPDX-License-Identifier: ISC */
#include "fmt/printable.h"

#include "fmt/quote.h"
#include "tests/support/unit.h"

static const struct {
	struct span in, printable, logsafe;
} cases[] = {
    {SPAN_INIT("plain ~!"), SPAN_INIT("plain ~!"), SPAN_INIT("plain_~!")},
    {SPAN_INIT("a\nb\\c"), SPAN_INIT("a\\nb\\\\c"), SPAN_INIT("a/b\\c")},
    {SPAN_INIT("\0\x1b[2J\x7f\xff%"), SPAN_INIT("\\x00\\x1b[2J\\x7f\\xff%"),
        SPAN_INIT("__[2J___")},
    {SPAN_INIT(""), SPAN_INIT(""), SPAN_INIT("")},
};

START_TEST(put)
{
	struct str s = {0};

	printable_put(&s, cases[_i].in);
	ck_span(str_span(&s), cases[_i].printable, "printable");
	str_reset(&s);
	logsafe_put(&s, cases[_i].in);
	ck_span(str_span(&s), cases[_i].logsafe, "logsafe");
	str_free(&s);
}
END_TEST

static const struct {
	struct span mailbox, quoted;
} mailboxes[] = {
    {SPAN_INIT("joe@example.org"), SPAN_INIT("joe@example.org")},
    {SPAN_INIT(""), SPAN_INIT("")},
    {SPAN_INIT("@h"), SPAN_INIT("\"\"@h")},
    {SPAN_INIT("a b@h"), SPAN_INIT("\"a b\"@h")},
    {SPAN_INIT(".a@h"), SPAN_INIT("\".a\"@h")},
    {SPAN_INIT("a.@h"), SPAN_INIT("\"a.\"@h")},
    {SPAN_INIT("a..b@h"), SPAN_INIT("\"a..b\"@h")},
    {SPAN_INIT("a.b@h"), SPAN_INIT("a.b@h")},
    {SPAN_INIT("a@b@h"), SPAN_INIT("\"a@b\"@h")},
    {SPAN_INIT("q\"\\\r\n@h"), SPAN_INIT("\"q\\\"\\\\\\\r\\\n\"@h")},
    {SPAN_INIT("\xe9@h"), SPAN_INIT("\"\xe9\"@h")},
    {SPAN_INIT("nul\0@h"), SPAN_INIT("\"nul\0\"@h")},
    {SPAN_INIT("nohost"), SPAN_INIT("nohost")},
    {SPAN_INIT("!#$%&'*+-/=?^_`{|}~@h"), SPAN_INIT("!#$%&'*+-/=?^_`{|}~@h")},
};

START_TEST(mailbox)
{
	struct str s = {0};

	quote_put_mailbox(&s, mailboxes[_i].mailbox);
	ck_span(str_span(&s), mailboxes[_i].quoted, "mailbox");
	str_free(&s);
}
END_TEST

int
main(void)
{
	TCase *t = unit_begin("fmt/printable, fmt/quote");

	tcase_add_loop_test(t, put, 0, ROWS(cases));
	tcase_add_loop_test(t, mailbox, 0, ROWS(mailboxes));
	return unit_end();
}
