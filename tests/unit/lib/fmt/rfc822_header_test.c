/* SPDX-License-Identifier: ISC */
#include "fmt/rfc822_header.h"

#include "tests/support/unit.h"

enum { FIELD_LIMIT = 32 };

static struct span
next_line(struct span *rest)
{
	struct span line = *rest;

	line = span_first(line, span_find(line, '\n', 0) + 1);
	*rest = span_from(*rest, line.n);
	return line;
}

/* Fields, each between { and }; then E, B or U for how the header ended and
 * the rest of the message; L for a field too long. */
static void
split(struct span message, struct str *out)
{
	struct rfc822_header h = {.max = FIELD_LIMIT};
	struct span rest = message, line = {0};
	enum rfc822_event event = RFC822_HEADER_MORE;
	bool has_line = false;

	for (;;) {
		if (!has_line && rest.n == 0)
			break;
		if (!has_line)
			line = next_line(&rest);
		event = rfc822_header_push(&h, line);
		has_line = event == RFC822_HEADER_FIELD;
		if (event != RFC822_HEADER_FIELD && event != RFC822_HEADER_MORE)
			break;
		if (!has_line)
			continue;
		str_putc(out, '{');
		str_put(out, str_span(&h.field));
		str_putc(out, '}');
	}
	if (event == RFC822_HEADER_MORE && rfc822_header_end(&h)) {
		str_putc(out, '{');
		str_put(out, str_span(&h.field));
		str_putc(out, '}');
	}
	if (event == RFC822_HEADER_LONG) {
		str_putc(out, 'L');
	} else if (event == RFC822_HEADER_MORE) {
		str_putc(out, 'E');
	} else {
		str_putc(out, event == RFC822_HEADER_BODY ? 'B' : 'U');
		str_put(out, line);
		str_put(out, rest);
	}
	rfc822_header_free(&h);
}

static const struct {
	const char *label;
	struct span in, want;
} cases[] = {
    {"empty", SPAN_INIT(""), SPAN_INIT("E")},
    {"plain", SPAN_INIT("A: b\nC: d\n\nbody\n"),
        SPAN_INIT("{A: b\n}{C: d\n}B\nbody\n")},
    {"continued", SPAN_INIT("A: b\n c\n\td\nE:\n"),
        SPAN_INIT("{A: b\n c\n\td\n}{E:\n}E")},
    {"blank continuation", SPAN_INIT("A: b\n \n\t\nx: y\n\n"),
        SPAN_INIT("{A: b\n \n\t\n}{x: y\n}B\n")},
    {"last line completed", SPAN_INIT("A: b"), SPAN_INIT("{A: b\n}E")},
    {"no header", SPAN_INIT("\nbody"), SPAN_INIT("B\nbody")},
    {"body without warning", SPAN_INIT("A: b\nhello\nC: d\n"),
        SPAN_INIT("{A: b\n}Uhello\nC: d\n")},
    {"blank first", SPAN_INIT(" A: b\n"), SPAN_INIT("U A: b\n")},
    {"From line", SPAN_INIT("From x\n y\nA: b\n"),
        SPAN_INIT("{MBOX-Line: From x\n y\n}{A: b\n}E")},
    {"From with a blank before the colon", SPAN_INIT("From : x\n"),
        SPAN_INIT("{MBOX-Line: From : x\n}E")},
    {"CR is no line end", SPAN_INIT("A: b\r\n\r\nx\n"),
        SPAN_INIT("{A: b\r\n}U\r\nx\n")},
    {"at the limit", SPAN_INIT("A: 0123456789012345678901234567\n"),
        SPAN_INIT("{A: 0123456789012345678901234567\n}E")},
    {"over the limit", SPAN_INIT("A: 01234567890123456789012345678\n"),
        SPAN_INIT("L")},
    {"over the limit by a continuation",
        SPAN_INIT("A: 0\nB: 01234567890123456789012345\n  x\n"),
        SPAN_INIT("{A: 0\n}L")},
};

START_TEST(split_message)
{
	struct str out = {0};

	split(cases[_i].in, &out);
	ck_span(str_span(&out), cases[_i].want, cases[_i].label);
	str_free(&out);
}
END_TEST

int
main(void)
{
	tcase_add_loop_test(unit_begin("fmt/rfc822_header"), split_message, 0,
	    ROWS(cases));
	return unit_end();
}
