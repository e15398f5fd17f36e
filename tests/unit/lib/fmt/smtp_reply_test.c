/* SPDX-License-Identifier: ISC */
#include "fmt/smtp_reply.h"

#include "tests/support/unit.h"

static const struct {
	const char *label;
	struct span in;
	enum smtp_reply_status want;
	unsigned code;
	struct span text;
	size_t rest; /* bytes left behind the reply */
} cases[] = {
    {"one line", SPAN_INIT("250 ok\r\nx"), SMTP_REPLY_DONE, 250,
        SPAN_INIT("250 ok\n"), 1},
    {"several lines", SPAN_INIT("250-a\r\n250-b\r\n250 c\r\n"), SMTP_REPLY_DONE,
        250, SPAN_INIT("250-a\n250-b\n250 c\n"), 0},
    {"the last code counts", SPAN_INIT("250-a\r\n451 b\r\n"), SMTP_REPLY_DONE,
        451, SPAN_INIT("250-a\n451 b\n"), 0},
    {"LF alone", SPAN_INIT("220 hi\n"), SMTP_REPLY_DONE, 220,
        SPAN_INIT("220 hi\n"), 0},
    {"code alone", SPAN_INIT("354\r\n"), SMTP_REPLY_DONE, 354,
        SPAN_INIT("354\n"), 0},
    {"code alone after lines", SPAN_INIT("250-x\n250\n"), SMTP_REPLY_DONE, 250,
        SPAN_INIT("250-x\n250\n"), 0},
    {"no blank behind it", SPAN_INIT("250ok\n"), SMTP_REPLY_DONE, 250,
        SPAN_INIT("250ok\n"), 0},
    {"NUL in the text", SPAN_INIT("550 a\0b\n"), SMTP_REPLY_DONE, 550,
        SPAN_INIT("550 a?b\n"), 0},
    {"below 200", SPAN_INIT("199 x\n"), SMTP_REPLY_DONE, 199,
        SPAN_INIT("199 x\n"), 0},
    {"nothing yet", SPAN_INIT(""), SMTP_REPLY_MORE, 0, SPAN_INIT(""), 0},
    {"line not ended", SPAN_INIT("250 ok"), SMTP_REPLY_MORE, 0,
        SPAN_INIT("250 ok"), 0},
    {"more lines to come", SPAN_INIT("250-ok\n"), SMTP_REPLY_MORE, 250,
        SPAN_INIT("250-ok\n"), 0},
    {"no digits", SPAN_INIT("hello\n"), SMTP_REPLY_BROKEN, 0, SPAN_INIT(""), 5},
    {"two digits", SPAN_INIT("25\n"), SMTP_REPLY_BROKEN, 0, SPAN_INIT("25"), 0},
    {"letter in the code", SPAN_INIT("25o ok\n"), SMTP_REPLY_BROKEN, 0,
        SPAN_INIT("25"), 4},
    {"600", SPAN_INIT("600 x\n"), SMTP_REPLY_BROKEN, 0, SPAN_INIT("60"), 3},
    {"empty line", SPAN_INIT("\r\n"), SMTP_REPLY_BROKEN, 0, SPAN_INIT(""), 1},
    {"second line broken", SPAN_INIT("250-a\nb\n"), SMTP_REPLY_BROKEN, 250,
        SPAN_INIT("250-a\n"), 1},
};

static void
ck_reply(const struct smtp_reply *r, int i)
{
	ck_assert_msg(r->code == cases[i].code, "%s: code %u", cases[i].label,
	    r->code);
	ck_span(str_span(&r->text), cases[i].text, cases[i].label);
}

START_TEST(at_once)
{
	struct span in = cases[_i].in;
	struct smtp_reply r = {0};

	ck_assert_msg(smtp_reply_take(&r, &in) == cases[_i].want, "%s",
	    cases[_i].label);
	ck_assert_msg(in.n == cases[_i].rest, "%s: %zu left", cases[_i].label,
	    in.n);
	ck_reply(&r, _i);
	smtp_reply_free(&r);
}
END_TEST

START_TEST(byte_by_byte)
{
	struct span in = cases[_i].in;
	enum smtp_reply_status status = SMTP_REPLY_MORE;
	struct smtp_reply r = {0};

	while (status == SMTP_REPLY_MORE && in.n > 0) {
		struct span byte = span_first(in, 1);

		status = smtp_reply_take(&r, &byte);
		in = span_from(in, 1);
	}
	ck_assert_int_eq(status, cases[_i].want);
	ck_assert_uint_eq(in.n, cases[_i].rest);
	ck_reply(&r, _i);
	smtp_reply_free(&r);
}
END_TEST

static enum smtp_reply_status
feed(struct smtp_reply *r, size_t n, char c)
{
	enum smtp_reply_status status = SMTP_REPLY_MORE;

	while (n-- > 0 && status == SMTP_REPLY_MORE) {
		struct span in = {&c, 1};

		status = smtp_reply_take(r, &in);
	}
	return status;
}

START_TEST(the_text_is_bounded_the_reply_too)
{
	struct span in = SPAN("250 ");
	struct smtp_reply r = {0};

	ck_assert_int_eq(smtp_reply_take(&r, &in), SMTP_REPLY_MORE);
	ck_assert_int_eq(feed(&r, 100000, 'x'), SMTP_REPLY_MORE);
	ck_assert_uint_eq(r.text.n, SMTP_REPLY_TEXT_MAX);
	ck_assert_int_eq(feed(&r, SMTP_REPLY_BYTES_MAX, 'x'),
	    SMTP_REPLY_BROKEN);
	smtp_reply_reset(&r);
	in = SPAN("250 ok\n");
	ck_assert_int_eq(smtp_reply_take(&r, &in), SMTP_REPLY_DONE);
	ck_span(str_span(&r.text), SPAN("250 ok\n"), "after a reset");
	smtp_reply_free(&r);
}
END_TEST

START_TEST(extensions)
{
	struct span in = SPAN("250-size.example PIPELINING\r\n250-8bitmime\r\n"
	                      "250-SIZE 1000\r\n250 X-LAST\r\n");
	struct smtp_reply r = {0};

	ck_assert_int_eq(smtp_reply_take(&r, &in), SMTP_REPLY_DONE);
	ck_assert(smtp_reply_offers(&r, SPAN("8BITMIME")));
	ck_assert(smtp_reply_offers(&r, SPAN("SIZE")));
	ck_assert(smtp_reply_offers(&r, SPAN("x-last")));
	/* the first line is the server's name and whatever it adds */
	ck_assert(!smtp_reply_offers(&r, SPAN("PIPELINING")));
	ck_assert(!smtp_reply_offers(&r, SPAN("size.example")));
	ck_assert(!smtp_reply_offers(&r, SPAN("SIZ")));
	smtp_reply_free(&r);
}
END_TEST

int
main(void)
{
	TCase *t = unit_begin("fmt/smtp_reply");

	tcase_add_loop_test(t, at_once, 0, ROWS(cases));
	tcase_add_loop_test(t, byte_by_byte, 0, ROWS(cases));
	tcase_add_test(t, the_text_is_bounded_the_reply_too);
	tcase_add_test(t, extensions);
	return unit_end();
}
