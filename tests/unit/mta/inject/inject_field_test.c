/* SPDX-License-Identifier: ISC */
#include "mta/inject/inject_field.h"

#include "tests/support/unit.h"

static struct inject message;

static void
set_up(void)
{
	message = (struct inject){0};
	ck_assert_int_eq(rfc822_tokens_parse(SPAN("@h.d"),
	                     &message.completion.host),
	    RFC822_OK);
}

static void
tear_down(void)
{
	inject_free(&message);
}

static const struct {
	struct span field, header, recipients, resent, followup, sender;
	bool fails;
} cases[] = {
    {SPAN_INIT("To: a,b@c.d\n"), SPAN_INIT("To: a@h.d, b@c.d\n"),
        SPAN_INIT("b@c.d\0a@h.d\0"), {0}, SPAN_INIT("b@c.d\0a@h.d\0"), {0},
        false},
    {SPAN_INIT("bcc: a\n"), {0}, SPAN_INIT("a@h.d\0"), {0}, {0}, {0}, false},
    {SPAN_INIT("Apparently-To: a\n"), SPAN_INIT("Apparently-To: a@h.d\n"),
        SPAN_INIT("a@h.d\0"), {0}, {0}, {0}, false},
    {SPAN_INIT("Resent-Bcc: a\n"), {0}, {0}, SPAN_INIT("a@h.d\0"), {0}, {0},
        false},
    {SPAN_INIT("Return-Path: <a>\n"), {0}, {0}, {0}, {0}, SPAN_INIT("a@h.d"),
        false},
    {SPAN_INIT("Reply-To: a\n"), SPAN_INIT("Reply-To: a@h.d\n"), {0}, {0}, {0},
        {0}, false},
    {SPAN_INIT("Content-Length: 3\n"), {0}, {0}, {0}, {0}, {0}, false},
    {SPAN_INIT("Subject:  (\n"), SPAN_INIT("Subject:  (\n"), {0}, {0}, {0}, {0},
        false},
    {SPAN_INIT("Cc: a>, b\n"), SPAN_INIT("Cc: a>, b\n"),
        SPAN_INIT("b@h.d\0a@h.d\0"), {0}, SPAN_INIT("b@h.d\0a@h.d\0"), {0},
        false},
    {SPAN_INIT("From: (\n"), {0}, {0}, {0}, {0}, {0}, true},
};

START_TEST(use)
{
	const char *label = cases[_i].field.p;
	struct err e;
	int rc = inject_field_use(&message, cases[_i].field, &e);

	ck_assert_msg((rc == -1) == cases[_i].fails, "%s", label);
	ck_assert(rc == 0 || !err_is_temporary(&e));
	ck_span(str_span(&message.header), cases[_i].header, label);
	ck_span(str_span(&message.recipients), cases[_i].recipients, label);
	ck_span(str_span(&message.resent), cases[_i].resent, label);
	ck_span(str_span(&message.followup), cases[_i].followup, label);
	ck_span(str_span(&message.sender), cases[_i].sender, label);
}
END_TEST

/* For want of memory no recipient is forgotten. */
START_TEST(any_failed_allocation_is_temporary_trouble)
{
	int rc = -1;

	for (int nth = 1; rc == -1; nth++) {
		struct err e;

		tear_down();
		set_up();
		fault_at(FAULT_REALLOC, nth, 0);
		rc = inject_field_use(&message,
		    SPAN("To: a, b@c, \"d e\"@f.g, <h@i.j>\n"), &e);
		fault_at(FAULT_REALLOC, 0, 0);
		/* the header itself is asked for by the caller */
		if (rc == 0 && !str_ok(&message.header))
			rc = -1;
		else
			ck_assert(rc == 0 || err_is_temporary(&e));
	}
	ck_span(str_span(&message.recipients),
	    SPAN("h@i.j\0d e@f.g\0b@c\0a@h.d\0"), "recipients");
}
END_TEST

int
main(void)
{
	TCase *t = unit_begin("inject/inject_field");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_loop_test(t, use, 0, ROWS(cases));
	tcase_add_test(t, any_failed_allocation_is_temporary_trouble);
	return unit_end();
}
