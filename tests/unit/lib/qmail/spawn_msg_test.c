/* SPDX-License-Identifier: ISC */
#include "qmail/spawn_msg.h"

#include "tests/support/unit.h"

/* the examples of the specification of the pipes */
START_TEST(classic_bytes)
{
	struct spawn_command c = {.delivery = 5,
	    .mess = SPAN("20/457"),
	    .sender = SPAN("list-bob=r.example@host.example"),
	    .recipient = SPAN("bob@r.example")};
	struct spawn_report r = {.delivery = 3,
	    .letter = 'D',
	    .text = SPAN("No mailbox. (#5.1.1)\n")};
	struct str out = {0};

	spawn_greeting_put(&out, false, 120);
	ck_span(str_span(&out), SPAN("\x78"), "greeting");
	str_reset(&out);
	spawn_greeting_put(&out, false, 500);
	ck_span(str_span(&out), SPAN("\xff"), "greeting cut");
	str_reset(&out);
	spawn_command_put(&out, false, &c);
	ck_span(str_span(&out),
	    SPAN("\x05"
	         "20/457\0list-bob=r.example@host.example\0bob@r.example\0"),
	    "command");
	str_reset(&out);
	spawn_report_put(&out, false, &r);
	ck_span(str_span(&out),
	    SPAN("\x03"
	         "DNo mailbox. (#5.1.1)\n\0"),
	    "report");
	str_free(&out);
}
END_TEST

START_TEST(wide_bytes)
{
	struct spawn_report r = {.delivery = 300,
	    .letter = 'Z',
	    .text = SPAN("later\n")};
	struct str out = {0};

	spawn_greeting_put(&out, true, 509);
	ck_span(str_span(&out), SPAN("\xfd\x01"), "greeting");
	str_reset(&out);
	spawn_report_put(&out, true, &r);
	ck_span(str_span(&out), SPAN("\x2c\x01Zlater\n\0"), "report");
	str_free(&out);
}
END_TEST

START_TEST(every_cut_waits_for_more)
{
	struct spawn_command c = {.delivery = 0,
	    .mess = SPAN("0/23"),
	    .sender = SPAN(""),
	    .recipient = SPAN("a@b")};
	struct spawn_report r = {.delivery = 0,
	    .letter = 'K',
	    .text = SPAN("ok\n")};

	for (int wide = 0; wide < 2; wide++) {
		struct str command = {0}, report = {0};

		spawn_command_put(&command, wide != 0, &c);
		for (size_t n = 0; n <= command.n; n++) {
			struct span in = span_first(str_span(&command), n);

			ck_assert_int_eq(spawn_command_take(&in, wide != 0, &c),
			    n == command.n);
			ck_assert_uint_eq(in.n, n == command.n ? 0 : n);
		}
		ck_span(c.recipient, SPAN("a@b"), "recipient");
		spawn_report_put(&report, wide != 0, &r);
		for (size_t n = 0; n <= report.n; n++) {
			struct span in = span_first(str_span(&report), n);

			ck_assert_int_eq(spawn_report_take(&in, wide != 0, &r),
			    n == report.n);
		}
		ck_span(r.text, SPAN("ok\n"), "text");
		ck_assert_int_eq(r.letter, 'K');
		c.mess = SPAN("0/23");
		c.sender = SPAN("");
		c.recipient = SPAN("a@b");
		r.text = SPAN("ok\n");
		str_free(&command);
		str_free(&report);
	}
}
END_TEST

START_TEST(reports_are_cut_at_nul_and_limit)
{
	struct spawn_report r = {.letter = 'K', .text = SPAN("a\0b")};
	struct str out = {0}, big = {0};

	spawn_report_put(&out, false, &r);
	ck_span(str_span(&out), SPAN("\0Ka\0"), "NUL");
	str_reset(&out);
	for (int i = 0; i < SPAWN_REPORT_MAX + 5; i++)
		str_putc(&big, 'x');
	r.text = str_span(&big);
	spawn_report_put(&out, false, &r);
	ck_assert_uint_eq(out.n, SPAWN_REPORT_MAX + 3);
	str_free(&out);
	str_free(&big);
}
END_TEST

int
main(void)
{
	TCase *t = unit_begin("qmail/spawn_msg");

	tcase_add_test(t, classic_bytes);
	tcase_add_test(t, wide_bytes);
	tcase_add_test(t, every_cut_waits_for_more);
	tcase_add_test(t, reports_are_cut_at_nul_and_limit);
	return unit_end();
}
