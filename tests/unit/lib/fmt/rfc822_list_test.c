/* SPDX-License-Identifier: ISC */
#include "fmt/rfc822_list.h"

#include "fmt/rfc822_address.h"
#include "fmt/rfc822_print.h"
#include "tests/support/unit.h"

static void
collect(void *context, struct rfc822_tokens *address)
{
	struct str *found = context;

	rfc822_address_put_raw(found, address);
	str_putc(found, '|');
	rfc822_tokens_put(address, RFC822_ATOM, SPAN("!"));
}

static const struct {
	const char *label;
	struct span in;
	enum rfc822_status status;
	struct span found; /* in the order found */
	struct span want;  /* "!" behind each address */
} cases[] = {
    {"one", SPAN_INIT("T:a@b"), RFC822_OK, SPAN_INIT("a@b|"),
        SPAN_INIT("T: a@b !\n")},
    {"last first", SPAN_INIT("T:a,b"), RFC822_OK, SPAN_INIT("b|a|"),
        SPAN_INIT("T: a !, b !\n")},
    {"nothing", SPAN_INIT("T:"), RFC822_OK, SPAN_INIT(""), SPAN_INIT("T:\n")},
    {"missing comma", SPAN_INIT("T:a@x b@y"), RFC822_OK, SPAN_INIT("b@y|a@x|"),
        SPAN_INIT("T: a@x !, b@y !\n")},
    {"words", SPAN_INIT("T:a b c"), RFC822_OK, SPAN_INIT("c|b|a|"),
        SPAN_INIT("T: a !, b !, c !\n")},
    {"angle", SPAN_INIT("T:Joe B. <a@b>"), RFC822_OK, SPAN_INIT("a@b|"),
        SPAN_INIT("T: Joe B. <a@b !>\n")},
    {"empty angle", SPAN_INIT("T:<>"), RFC822_OK, SPAN_INIT("|"),
        SPAN_INIT("T: <!>\n")},
    {"angles without comma", SPAN_INIT("T:<a><b>"), RFC822_OK,
        SPAN_INIT("b|a|"), SPAN_INIT("T: <a !> <b !>\n")},
    {"comment moves right", SPAN_INIT("T:a(c)@b"), RFC822_OK, SPAN_INIT("a@b|"),
        SPAN_INIT("T: a@b ! (c)\n")},
    {"group", SPAN_INIT("T:g h:a,b;,c"), RFC822_OK, SPAN_INIT("c|b|a|"),
        SPAN_INIT("T: g h: a !, b !;, c !\n")},
    {"group after address", SPAN_INIT("T:x,g:a;"), RFC822_OK, SPAN_INIT("a|x|"),
        SPAN_INIT("T: x !, g: a !;\n")},
    {"nested group", SPAN_INIT("T:g:h:a;;"), RFC822_BAD, SPAN_INIT(""), {0}},
    {"colon without group", SPAN_INIT("T:@r:a@b"), RFC822_BAD,
        SPAN_INIT("a@b|"), {0}},
    {"unopened angle", SPAN_INIT("T:a@b>"), RFC822_BAD, SPAN_INIT("a@b|"), {0}},
    {"unclosed angle", SPAN_INIT("T:<a@b"), RFC822_OK, SPAN_INIT("<a@b|"),
        SPAN_INIT("T: <a@b !\n")},
    {"trouble after some", SPAN_INIT("T:a:b,c>,d"), RFC822_BAD,
        SPAN_INIT("d|a:b,c|"), {0}},
    {"no colon", SPAN_INIT("T"), RFC822_BAD, SPAN_INIT(""), {0}},
};

START_TEST(rewrite)
{
	struct str found = {0}, out = {0};
	struct rfc822_list l = {.found = collect, .context = &found};
	struct rfc822_tokens t = {0};
	enum rfc822_status got;

	ck_assert_int_eq(rfc822_tokens_parse(cases[_i].in, &t), RFC822_OK);
	got = rfc822_list_rewrite(&l, &t);
	ck_assert_msg(got == cases[_i].status, "%s: got %d", cases[_i].label,
	    (int)got);
	ck_span(str_span(&found), cases[_i].found, cases[_i].label);
	if (got == RFC822_OK) {
		rfc822_print(&out, &l.result);
		ck_span(str_span(&out), cases[_i].want, cases[_i].label);
	}
	rfc822_list_free(&l);
	rfc822_tokens_free(&t);
	str_free(&found);
	str_free(&out);
}
END_TEST

static bool
is_one_of(struct span item, const struct span *all, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (span_eq(item, all[i]))
			return true;
	}
	return false;
}

/* Without memory no shortened address may pass for a whole one, and none may
 * vanish silently. */
START_TEST(any_failed_allocation_is_reported)
{
	static const struct span whole[] = {SPAN_INIT("a.b.c.d.e.f.g.h.i.j@k"),
	    SPAN_INIT("l@m")};
	enum rfc822_status got = RFC822_MEMORY;
	struct rfc822_tokens t = {0};

	ck_assert_int_eq(
	    rfc822_tokens_parse(SPAN("T:a.b.c.d.e.f.g.h.i.j@k, <l@m>"), &t),
	    RFC822_OK);
	for (int nth = 1; got != RFC822_OK; nth++) {
		struct str found = {0};
		struct rfc822_list l = {.found = collect, .context = &found};
		struct span rest, item;
		size_t n = 0;

		fault_at(FAULT_REALLOC, nth, 0);
		got = rfc822_list_rewrite(&l, &t);
		fault_at(FAULT_REALLOC, 0, 0);
		ck_assert(got == RFC822_MEMORY || got == RFC822_OK);
		if (!str_ok(&found))
			got = RFC822_MEMORY;
		rest = str_span(&found);
		while (str_ok(&found) && rest.n > 0) {
			item = span_first(rest, span_find(rest, '|', 0));
			rest = span_from(rest, item.n + 1);
			ck_assert(is_one_of(item, whole, 2));
			n++;
		}
		ck_assert(got == RFC822_MEMORY || n == 2);
		rfc822_list_free(&l);
		str_free(&found);
	}
	rfc822_tokens_free(&t);
}
END_TEST

int
main(void)
{
	TCase *t = unit_begin("fmt/rfc822_list");

	tcase_add_loop_test(t, rewrite, 0, ROWS(cases));
	tcase_add_test(t, any_failed_allocation_is_reported);
	return unit_end();
}
