/* SPDX-License-Identifier: ISC */
#include "fmt/rfc822_token.h"

#include "tests/support/unit.h"

/* Tokens in a form one can read: kind, then the text of words, a blank behind
 * each. */
static void
show(struct str *out, const struct rfc822_tokens *t)
{
	for (size_t i = 0; i < t->n; i++) {
		str_putc(out, (char)t->t[i].kind);
		str_put(out, t->t[i].text);
		str_putc(out, ' ');
	}
}

static const struct {
	const char *label;
	struct span in;
	enum rfc822_status status;
	struct span want;
} cases[] = {
    {"empty", SPAN_INIT(""), RFC822_OK, SPAN_INIT("")},
    {"separators", SPAN_INIT(" \t\r\n"), RFC822_OK, SPAN_INIT("")},
    {"address", SPAN_INIT("a.b@c"), RFC822_OK, SPAN_INIT("aa . ab @ ac ")},
    {"punctuation", SPAN_INIT(".,@<>:;"), RFC822_OK,
        SPAN_INIT(". , @ < > : ; ")},
    {"comment", SPAN_INIT("(a b)c"), RFC822_OK, SPAN_INIT("(a b ac ")},
    {"nested comment", SPAN_INIT("(a(b)c)"), RFC822_OK, SPAN_INIT("(abc ")},
    {"escape in comment", SPAN_INIT("(a\\)b)"), RFC822_OK, SPAN_INIT("(a)b ")},
    {"quoted", SPAN_INIT("\"a \\\" b\""), RFC822_OK, SPAN_INIT("\"a \" b ")},
    {"parentheses in quotes", SPAN_INIT("\"(\""), RFC822_OK, SPAN_INIT("\"( ")},
    {"literal", SPAN_INIT("[1.2]"), RFC822_OK, SPAN_INIT("[1.2 ")},
    {"literal does not nest", SPAN_INIT("[a[b]"), RFC822_OK,
        SPAN_INIT("[a[b ")},
    {"empty quotes", SPAN_INIT("\"\""), RFC822_OK, SPAN_INIT("\" ")},
    {"adjacent", SPAN_INIT("a\"b\"(c)[d]e"), RFC822_OK,
        SPAN_INIT("aa \"b (c [d ae ")},
    {"escape in atom", SPAN_INIT("a\\ b"), RFC822_OK, SPAN_INIT("aa b ")},
    {"escaped special in atom", SPAN_INIT("a\\@b"), RFC822_OK,
        SPAN_INIT("aa@b ")},
    {"escaped backslash in atom", SPAN_INIT("a\\\\b"), RFC822_OK,
        SPAN_INIT("\"a\\b ")},
    {"backslash at the end", SPAN_INIT("a\\"), RFC822_OK, SPAN_INIT("aa ")},
    {"backslash before newline", SPAN_INIT("a\\\n"), RFC822_OK,
        SPAN_INIT("\"a\n ")},
    {"bracket inside atom", SPAN_INIT("a]b"), RFC822_OK, SPAN_INIT("\"a]b ")},
    {"parenthesis inside atom", SPAN_INIT("a)b"), RFC822_OK,
        SPAN_INIT("\"a)b ")},
    {"8 bits", SPAN_INIT("\xc3\xa4"), RFC822_OK, SPAN_INIT("\"\xc3\xa4 ")},
    {"NUL", SPAN_INIT("a\0b"), RFC822_OK, SPAN_INIT("\"a\0b ")},
    {"DEL", SPAN_INIT("\x7f"), RFC822_OK, SPAN_INIT("\"\x7f ")},
    {"stray parenthesis", SPAN_INIT("a )"), RFC822_BAD, {0}},
    {"stray bracket", SPAN_INIT("]"), RFC822_BAD, {0}},
    {"open comment", SPAN_INIT("(a"), RFC822_BAD, {0}},
    {"open inner comment", SPAN_INIT("(a(b)"), RFC822_BAD, {0}},
    {"open quotes", SPAN_INIT("\"a"), RFC822_BAD, {0}},
    {"open literal", SPAN_INIT("[a"), RFC822_BAD, {0}},
    {"comment ends in backslash", SPAN_INIT("(a\\"), RFC822_BAD, {0}},
    {"quotes end in backslash", SPAN_INIT("\"a\\"), RFC822_BAD, {0}},
    {"escaped closing quote", SPAN_INIT("\"a\\\""), RFC822_BAD, {0}},
};

START_TEST(parse)
{
	struct rfc822_tokens t = {0};
	enum rfc822_status got;
	struct str shown = {0};

	got = rfc822_tokens_parse(cases[_i].in, &t);
	ck_assert_msg(got == cases[_i].status, "%s: got %d", cases[_i].label,
	    (int)got);
	if (got == RFC822_OK) {
		show(&shown, &t);
		ck_span(str_span(&shown), cases[_i].want, cases[_i].label);
	}
	str_free(&shown);
	rfc822_tokens_free(&t);
}
END_TEST

START_TEST(edit)
{
	struct rfc822_tokens t = {0}, more = {0};
	struct str shown = {0};

	ck_assert_int_eq(rfc822_tokens_parse(SPAN("a:b:c"), &t), RFC822_OK);
	ck_assert_int_eq(rfc822_tokens_parse(SPAN("@d"), &more), RFC822_OK);
	ck_assert_uint_eq(rfc822_tokens_find(&t, RFC822_COLON), 1);
	ck_assert_uint_eq(rfc822_tokens_rfind(&t, RFC822_COLON), 3);
	ck_assert_uint_eq(rfc822_tokens_find(&t, RFC822_AT), t.n);
	ck_assert_uint_eq(rfc822_tokens_rfind(&t, RFC822_AT), t.n);
	rfc822_tokens_put_all(&t, &more);
	rfc822_tokens_drop(&t, 2);
	rfc822_tokens_reverse(&t);
	show(&shown, &t);
	ck_span(str_span(&shown), SPAN("ad @ ac : ab "), "edited");
	rfc822_tokens_drop(&t, 99);
	ck_assert_uint_eq(t.n, 0);
	str_free(&shown);
	rfc822_tokens_free(&t);
	rfc822_tokens_free(&more);
}
END_TEST

START_TEST(any_failed_allocation_is_reported)
{
	enum rfc822_status got = RFC822_MEMORY;

	for (int nth = 1; got != RFC822_OK; nth++) {
		struct rfc822_tokens t = {0};

		fault_at(FAULT_REALLOC, nth, 0);
		got = rfc822_tokens_parse(SPAN("a,b,c,d,e,f,g,h,i,j,k,l"), &t);
		fault_at(FAULT_REALLOC, 0, 0);
		ck_assert(got == RFC822_OK || got == RFC822_MEMORY);
		ck_assert(got == RFC822_MEMORY || nth > 2);
		rfc822_tokens_free(&t);
	}
}
END_TEST

int
main(void)
{
	TCase *t = unit_begin("fmt/rfc822_token");

	tcase_add_loop_test(t, parse, 0, ROWS(cases));
	tcase_add_test(t, edit);
	tcase_add_test(t, any_failed_allocation_is_reported);
	return unit_end();
}
