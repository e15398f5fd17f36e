/* SPDX-License-Identifier: ISC */
#include "fmt/mbox.h"

#include "tests/support/unit.h"

static const struct {
	const char *label;
	struct span message, want;
} cases[] = {
    {"empty", SPAN_INIT(""), SPAN_INIT("\n")},
    {"plain", SPAN_INIT("a\n\nb\n"), SPAN_INIT("a\n\nb\n\n")},
    {"no final LF", SPAN_INIT("a\nb"), SPAN_INIT("a\nb\n\n")},
    {"quoted", SPAN_INIT("From x\n"), SPAN_INIT(">From x\n\n")},
    {"in the body", SPAN_INIT("a\nFrom x\nb\n"),
        SPAN_INIT("a\n>From x\nb\n\n")},
    {"more quotes", SPAN_INIT(">>From x\n>From \n"),
        SPAN_INIT(">>>From x\n>>From \n\n")},
    {"without blank", SPAN_INIT("From\nFrom:x\n>From\t\n"),
        SPAN_INIT("From\nFrom:x\n>From\t\n\n")},
    {"other case", SPAN_INIT("from x\nFROM y\n"),
        SPAN_INIT("from x\nFROM y\n\n")},
    {"not at the start", SPAN_INIT(" From x\n> From\nxFrom y\n"),
        SPAN_INIT(" From x\n> From\nxFrom y\n\n")},
    {"unfinished", SPAN_INIT("a\nFrom "), SPAN_INIT("a\n>From \n\n")},
    {"cut short", SPAN_INIT("a\n>Fro"), SPAN_INIT("a\n>Fro\n\n")},
    {"only quotes", SPAN_INIT(">>>"), SPAN_INIT(">>>\n\n")},
    {"NUL", SPAN_INIT("a\0From x\nFrom \0\n"),
        SPAN_INIT("a\0From x\n>From \0\n\n")},
    {"CR", SPAN_INIT("\r\nFrom \r\n"), SPAN_INIT("\r\n>From \r\n\n")},
};

static void
put_quoted(struct str *out, struct span message, size_t block)
{
	struct mbox_quoter q = {0};

	while (message.n > 0) {
		struct span in = span_first(message, block), piece;

		message = span_from(message, in.n);
		while (mbox_quote_next(&q, &in, &piece))
			str_put(out, piece);
	}
	mbox_quote_end(&q, out);
}

START_TEST(blocks_of_any_size_give_the_same)
{
	for (size_t block = 1; block <= cases[_i].message.n + 1; block++) {
		struct str out = {0};

		put_quoted(&out, cases[_i].message, block);
		ck_span(str_span(&out), cases[_i].want, cases[_i].label);
		str_free(&out);
	}
}
END_TEST

static const struct {
	const char *label;
	struct span sender, want;
} senders[] = {
    {"plain", SPAN_INIT("a@b"),
        SPAN_INIT("From a@b Tue Feb 03 04:05:06 2026\n")},
    {"empty", SPAN_INIT(""),
        SPAN_INIT("From MAILER-DAEMON Tue Feb 03 04:05:06 2026\n")},
    {"blanks", SPAN_INIT("a b\tc\nd@e"),
        SPAN_INIT("From a-b-c-d@e Tue Feb 03 04:05:06 2026\n")},
};

START_TEST(from_line)
{
	struct str out = {0};

	mbox_put_from(&out, senders[_i].sender, 1770091506);
	ck_span(str_span(&out), senders[_i].want, senders[_i].label);
	str_free(&out);
}
END_TEST

int
main(void)
{
	TCase *t = unit_begin("fmt/mbox");

	tcase_add_loop_test(t, blocks_of_any_size_give_the_same, 0,
	    ROWS(cases));
	tcase_add_loop_test(t, from_line, 0, ROWS(senders));
	return unit_end();
}
