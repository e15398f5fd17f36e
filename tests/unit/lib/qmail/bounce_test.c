/* SPDX-License-Identifier: ISC */
#include "qmail/bounce.h"

#include "tests/support/unit.h"

static const struct {
	struct span base;
	enum bounce_kind want;
} kinds[] = {
    {SPAN_INIT("joe@x.example"), BOUNCE_SINGLE},
    {SPAN_INIT("list-@x.example"), BOUNCE_SINGLE},
    {SPAN_INIT(""), BOUNCE_DOUBLE},
    {SPAN_INIT("#@[]"), BOUNCE_TRIPLE},
    {SPAN_INIT("#@[]x"), BOUNCE_SINGLE},
};

START_TEST(kind_by_sender)
{
	ck_assert_int_eq(bounce_kind(kinds[_i].base), kinds[_i].want);
}
END_TEST

START_TEST(new_senders)
{
	ck_span(bounce_sender(BOUNCE_SINGLE), SPAN(""), "single");
	ck_span(bounce_sender(BOUNCE_DOUBLE), SPAN("#@[]"), "double");
}
END_TEST

static const struct {
	const char *label;
	struct span recipient, report, last, want;
} paragraphs[] = {
    {"plain", SPAN_INIT("b@r.example"), SPAN_INIT("no such user\n"), {0},
        SPAN_INIT("<b@r.example>:\nno such user\n\n")},
    {"LF is added", SPAN_INIT("b@r"), SPAN_INIT("x"), {0},
        SPAN_INIT("<b@r>:\nx\n\n")},
    {"empty lines", SPAN_INIT("b@r"), SPAN_INIT("a\n\n\nb\n"), {0},
        SPAN_INIT("<b@r>:\na\n//b\n\n")},
    {"line ends behind", SPAN_INIT("b@r"), SPAN_INIT("a\n\n\n"), {0},
        SPAN_INIT("<b@r>:\na\n\n")},
    {"line end in front", SPAN_INIT("b@r"), SPAN_INIT("\na"), {0},
        SPAN_INIT("<b@r>:\n/a\n\n")},
    {"empty report", SPAN_INIT("b@r"), SPAN_INIT(""), {0},
        SPAN_INIT("<b@r>:\n\n")},
    {"only line ends", SPAN_INIT("b@r"), SPAN_INIT("\n\n"), {0},
        SPAN_INIT("<b@r>:\n\n")},
    {"line end in address", SPAN_INIT("b\n\nc@r"), SPAN_INIT("x\n"), {0},
        SPAN_INIT("<b__c@r>:\nx\n\n")},
    {"our own line", SPAN_INIT("b@r"), SPAN_INIT("x\n"), SPAN_INIT("enough"),
        SPAN_INIT("<b@r>:\nx\nenough\n\n")},
    {"our own line alone", SPAN_INIT("b@r"), {0}, SPAN_INIT("enough"),
        SPAN_INIT("<b@r>:\nenough\n\n")},
};

START_TEST(paragraph)
{
	struct str out = {0};
	struct span in, recipient, text;

	bounce_paragraph_put(&out, paragraphs[_i].recipient,
	    paragraphs[_i].report, paragraphs[_i].last);
	ck_span(str_span(&out), paragraphs[_i].want, paragraphs[_i].label);
	in = str_span(&out);
	ck_assert_int_eq(bounce_paragraph_take(&in, &recipient, &text),
	    BOUNCE_OK);
	ck_assert_uint_eq(in.n, 0);
	ck_assert_uint_eq(recipient.n, paragraphs[_i].recipient.n);
	str_free(&out);
}
END_TEST

START_TEST(long_reports_are_cut_before_our_line)
{
	static char report[BOUNCE_REPORT_MAX + 1];
	struct str out = {0};

	memset(report, 'x', sizeof(report));
	bounce_paragraph_put(&out, SPAN("b@r"),
	    (struct span){report, sizeof(report)}, SPAN("enough"));
	ck_assert_uint_lt(out.n, BOUNCE_REPORT_MAX + 100);
	ck_assert(span_has_suffix(str_span(&out),
	    SPAN("x\n(The rest of this report was left out.)\nenough\n\n")));
	str_reset(&out);
	bounce_paragraph_put(&out, SPAN("b@r"),
	    (struct span){report, BOUNCE_REPORT_MAX}, SPAN(""));
	ck_assert_uint_eq(out.n,
	    BOUNCE_REPORT_MAX + sizeof("<b@r>:\n\n\n") - 1);
	str_free(&out);
}
END_TEST

START_TEST(paragraphs_are_taken_one_by_one)
{
	struct span in = SPAN("<a@r>:\none\ntwo\n\n\n<b>:c@r>:\n\n<d@r>:\nend");
	struct span recipient, text;

	ck_assert_int_eq(bounce_paragraph_take(&in, &recipient, &text),
	    BOUNCE_OK);
	ck_span(recipient, SPAN("a@r"), "first");
	ck_span(text, SPAN("one\ntwo\n"), "first text");
	ck_assert_int_eq(bounce_paragraph_take(&in, &recipient, &text),
	    BOUNCE_OK);
	ck_span(recipient, SPAN("b>:c@r"), "second");
	ck_span(text, SPAN(""), "second text");
	ck_assert_int_eq(bounce_paragraph_take(&in, &recipient, &text),
	    BOUNCE_OK);
	ck_span(text, SPAN("end"), "third text");
	ck_assert_int_eq(bounce_paragraph_take(&in, &recipient, &text),
	    BOUNCE_END);
}
END_TEST

static const struct span bad[] = {
    SPAN_INIT("a@r>:\n\n"),
    SPAN_INIT("<a@r>\n\n"),
    SPAN_INIT("--- Below\n\n"),
    SPAN_INIT("<:\n"),
    SPAN_INIT("<"),
};

START_TEST(other_text_is_no_paragraph)
{
	struct span in = bad[_i], recipient, text;

	ck_assert_int_eq(bounce_paragraph_take(&in, &recipient, &text),
	    BOUNCE_BAD);
	ck_assert_uint_eq(in.n, bad[_i].n);
}
END_TEST

START_TEST(count_of_omitted_recipients)
{
	static const uint64_t counts[] = {1, 12, 9999999999};
	struct str out = {0};
	uint64_t count = 0;

	for (int i = 0; i < ROWS(counts); i++) {
		str_reset(&out);
		bounce_omitted_put(&out, counts[i]);
		ck_assert_uint_eq(out.n, BOUNCE_OMITTED_BYTES);
		ck_assert(bounce_omitted_parse(str_span(&out), &count));
		ck_assert_uint_eq(count, counts[i]);
	}
	out.p[3] = 'x';
	ck_assert(!bounce_omitted_parse(str_span(&out), &count));
	ck_assert(!bounce_omitted_parse(SPAN(""), &count));
	ck_assert(!bounce_omitted_parse(SPAN("("), &count));
	str_free(&out);
}
END_TEST

START_TEST(head_of_a_notice)
{
	struct bounce_letter l = {
	    .kind = BOUNCE_SINGLE,
	    .date = 1795166322,
	    .from_box = SPAN("MAILER DAEMON"),
	    .from_host = SPAN("mx.example"),
	    .to = SPAN("a\nBcc: b@a.example"),
	    .return_path = SPAN("a b@a.example"),
	};
	struct str out = {0};

	bounce_head_put(&out, &l);
	ck_assert(span_has_prefix(str_span(&out),
	    SPAN("Date: 20 Nov 2026 09:18:42 -0000\n"
	         "From: \"MAILER DAEMON\"@mx.example\n"
	         "To: \"a\\_Bcc: b\"@a.example\n"
	         "Subject: failure notice\n"
	         "\n"
	         "Hi. This is the qmail-send program at mx.example.\n")));
	ck_assert(span_has_suffix(str_span(&out), SPAN(".\n\n")) ||
	          span_has_suffix(str_span(&out), SPAN("Sorry.\n\n")));
	str_reset(&out);
	bounce_break_put(&out, &l);
	ck_span(str_span(&out),
	    SPAN("--- Below this line is a copy of the message.\n\n"
	         "Return-Path: <\"a b\"@a.example>\n"),
	    "break");
	str_free(&out);
}
END_TEST

START_TEST(head_of_a_double_bounce)
{
	struct bounce_letter l = {
	    .kind = BOUNCE_DOUBLE,
	    .from_box = SPAN("MAILER-DAEMON"),
	    .from_host = SPAN("mx.example"),
	    .to = SPAN("postmaster@mx.example"),
	};
	struct str out = {0};

	bounce_break_put(&out, &l);
	ck_span(str_span(&out),
	    SPAN("--- Below this line is the original bounce.\n\n"
	         "Return-Path: <>\n"),
	    "break");
	str_free(&out);
}
END_TEST

int
main(void)
{
	TCase *t = unit_begin("qmail/bounce");

	tcase_add_loop_test(t, kind_by_sender, 0, ROWS(kinds));
	tcase_add_test(t, new_senders);
	tcase_add_loop_test(t, paragraph, 0, ROWS(paragraphs));
	tcase_add_test(t, long_reports_are_cut_before_our_line);
	tcase_add_test(t, paragraphs_are_taken_one_by_one);
	tcase_add_loop_test(t, other_text_is_no_paragraph, 0, ROWS(bad));
	tcase_add_test(t, count_of_omitted_recipients);
	tcase_add_test(t, head_of_a_notice);
	tcase_add_test(t, head_of_a_double_bounce);
	return unit_end();
}
