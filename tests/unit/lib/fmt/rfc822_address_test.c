/* SPDX-License-Identifier: ISC */
#include "fmt/rfc822_address.h"

#include "tests/support/unit.h"

static struct rfc822_completion completion;

static void
set_up(void)
{
	ck_assert_int_eq(rfc822_tokens_parse(SPAN("@dh"), &completion.host),
	    RFC822_OK);
	ck_assert_int_eq(rfc822_tokens_parse(SPAN(".dd"), &completion.domain),
	    RFC822_OK);
	ck_assert_int_eq(rfc822_tokens_parse(SPAN(".pd"), &completion.plus),
	    RFC822_OK);
}

static void
tear_down(void)
{
	rfc822_completion_free(&completion);
}

static const struct {
	struct span in, want;
} cases[] = {
    {SPAN_INIT(""), SPAN_INIT("")},
    {SPAN_INIT("a"), SPAN_INIT("a@dh.dd")},
    {SPAN_INIT("a@b"), SPAN_INIT("a@b.dd")},
    {SPAN_INIT("a@b.c"), SPAN_INIT("a@b.c")},
    {SPAN_INIT("a@b+"), SPAN_INIT("a@b.pd")},
    {SPAN_INIT("a@b.c+"), SPAN_INIT("a@b.c.pd")},
    {SPAN_INIT("a+"), SPAN_INIT("a+@dh.dd")},
    {SPAN_INIT("a@\"b+\""), SPAN_INIT("a@b+.dd")},
    {SPAN_INIT("a@[1]"), SPAN_INIT("a@[1]")},
    {SPAN_INIT("a@[]"), SPAN_INIT("a@[]")},
    {SPAN_INIT("a@b.c."), SPAN_INIT("a@b.c")},
    {SPAN_INIT("a@b."), SPAN_INIT("a@b.dd")},
    {SPAN_INIT("a@b.."), SPAN_INIT("a@b.")},
    {SPAN_INIT("a."), SPAN_INIT("a@dh.dd")},
    {SPAN_INIT("a@"), SPAN_INIT("a@dh.dd")},
    {SPAN_INIT("a@."), SPAN_INIT("a@dh.dd")},
    {SPAN_INIT("a@@"), SPAN_INIT("a@.dd")},
    {SPAN_INIT("."), SPAN_INIT("")},
    {SPAN_INIT("@"), SPAN_INIT("")},
    {SPAN_INIT("@r"), SPAN_INIT("")},
    {SPAN_INIT("@r:"), SPAN_INIT("")},
    {SPAN_INIT("@r,@s:a@b"), SPAN_INIT("a@b.dd")},
    {SPAN_INIT("a@b.c@d"), SPAN_INIT("a@b.c@d.dd")},
    {SPAN_INIT("\"a b\"(c)@d.e"), SPAN_INIT("a b@d.e")},
    {SPAN_INIT("a\\\0b@c.d"), SPAN_INIT("a")},
};

START_TEST(complete)
{
	struct rfc822_tokens a = {0};
	struct str out = {0};

	ck_assert_int_eq(rfc822_tokens_parse(cases[_i].in, &a), RFC822_OK);
	rfc822_address_complete(&a, &completion);
	ck_assert(rfc822_tokens_ok(&a));
	str_put(&out, SPAN("x\0"));
	rfc822_address_put_raw(&out, &a);
	ck_span(span_from(str_span(&out), 2), cases[_i].want, cases[_i].in.p);
	rfc822_tokens_free(&a);
	str_free(&out);
}
END_TEST

static const struct {
	struct span in;
	enum rfc822_status status;
} raw[] = {
    {SPAN_INIT(""), RFC822_OK},
    {SPAN_INIT("a b@c"), RFC822_OK},
    {SPAN_INIT("\"(<>,:;@c.d"), RFC822_OK},
    {SPAN_INIT("a@b@c"), RFC822_OK},
    {SPAN_INIT("@"), RFC822_OK},
    {SPAN_INIT("a@[1.2.3.4]"), RFC822_OK},
    {SPAN_INIT("a@)"), RFC822_BAD},
    {SPAN_INIT("a@(b"), RFC822_BAD},
};

START_TEST(raw_mailbox_comes_back)
{
	struct rfc822_tokens a = {0};
	enum rfc822_status got;
	struct str out = {0};

	got = rfc822_address_parse_raw(raw[_i].in, &a);
	ck_assert_msg(got == raw[_i].status, "%s: got %d", raw[_i].in.p,
	    (int)got);
	if (got == RFC822_OK) {
		rfc822_address_put_raw(&out, &a);
		ck_span(str_span(&out), raw[_i].in, raw[_i].in.p);
	}
	rfc822_tokens_free(&a);
	str_free(&out);
}
END_TEST

int
main(void)
{
	TCase *t = unit_begin("fmt/rfc822_address");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_loop_test(t, complete, 0, ROWS(cases));
	tcase_add_loop_test(t, raw_mailbox_comes_back, 0, ROWS(raw));
	return unit_end();
}
