/* SPDX-License-Identifier: ISC */
#include "qmail/verp.h"

#include "tests/support/unit.h"

static const struct {
	const char *label;
	struct span sender, recipient, want, base;
} cases[] = {
    {"VERP", SPAN_INIT("list-@host.example-@[]"), SPAN_INIT("bob@r.example"),
        SPAN_INIT("list-bob=r.example@host.example"),
        SPAN_INIT("list-@host.example")},
    {"the last @ splits", SPAN_INIT("l@x-@h-@[]"), SPAN_INIT("a@b@c"),
        SPAN_INIT("l@x-a@b=c@h"), SPAN_INIT("l@x-@h")},
    {"empty box", SPAN_INIT("@h-@[]"), SPAN_INIT("@c"), SPAN_INIT("=c@h"),
        SPAN_INIT("@h")},
    {"ordinary", SPAN_INIT("ann@a.example"), SPAN_INIT("bob@r.example"),
        SPAN_INIT("ann@a.example"), SPAN_INIT("ann@a.example")},
    {"empty", SPAN_INIT(""), SPAN_INIT("bob@r.example"), SPAN_INIT(""),
        SPAN_INIT("")},
    {"double bounce", SPAN_INIT("#@[]"), SPAN_INIT("bob@r.example"),
        SPAN_INIT("#@[]"), SPAN_INIT("#@[]")},
    {"only the mark", SPAN_INIT("-@[]"), SPAN_INIT("bob@r.example"),
        SPAN_INIT("-@[]"), SPAN_INIT("")},
    {"no host", SPAN_INIT("list--@[]"), SPAN_INIT("bob@r.example"),
        SPAN_INIT("list--@[]"), SPAN_INIT("list-")},
    {"recipient without host", SPAN_INIT("list-@h-@[]"), SPAN_INIT("bob"),
        SPAN_INIT("list-@h-@[]"), SPAN_INIT("list-@h")},
    {"mark in the middle", SPAN_INIT("l@h-@[]x"), SPAN_INIT("a@b"),
        SPAN_INIT("l@h-@[]x"), SPAN_INIT("l@h-@[]x")},
};

START_TEST(expand)
{
	struct str out = {0};

	verp_put(&out, cases[_i].sender, cases[_i].recipient);
	ck_span(str_span(&out), cases[_i].want, cases[_i].label);
	ck_span(verp_base(cases[_i].sender), cases[_i].base, cases[_i].label);
	str_free(&out);
}
END_TEST

int
main(void)
{
	tcase_add_loop_test(unit_begin("qmail/verp"), expand, 0, ROWS(cases));
	return unit_end();
}
