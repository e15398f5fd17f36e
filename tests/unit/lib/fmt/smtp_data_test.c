/* SPDX-License-Identifier: ISC */
#include "fmt/smtp_data.h"

#include "tests/support/unit.h"

enum { LENGTH = 6, ALPHABET = 4 };
static const char alphabet[] = ".\r\nx";

/* number as a string over the alphabet, all lengths up to LENGTH */
static struct span
string_of(unsigned number, size_t length, char buf[LENGTH])
{
	for (size_t i = 0; i < length; i++) {
		buf[i] = alphabet[number % ALPHABET];
		number /= ALPHABET;
	}
	return (struct span){buf, length};
}

static unsigned
strings_of_length(size_t length)
{
	unsigned n = 1;

	while (length-- > 0)
		n *= ALPHABET;
	return n;
}

/* The state table of the specification, once more and as plainly as possible:
 * states S0..S4, columns dot, CR, LF, other. */
enum { S0, S1, S2, S3, S4, END, ABORT };
static const struct {
	const char *emit; /* '=' stands for the byte itself */
	int next;
} table[5][4] = {
    [S0] = {{"=", S0}, {"", S4}, {"", ABORT}, {"=", S0}},
    [S1] = {{"", S2}, {"", S4}, {"", ABORT}, {"=", S0}},
    [S2] = {{"=", S0}, {"", S3}, {"", ABORT}, {"=", S0}},
    [S3] = {{".\r=", S0}, {".\r", S4}, {"", END}, {".\r=", S0}},
    [S4] = {{"\r=", S0}, {"\r", S4}, {"\n", S1}, {"\r=", S0}},
};

static enum smtp_decode_status
decode_by_table(struct span in, struct str *out, size_t *used)
{
	int state = S1;

	for (size_t i = 0; i < in.n; i++) {
		int column = (int)(strchr(alphabet, in.p[i]) - alphabet);

		*used = i + 1;
		for (const char *e = table[state][column].emit; *e; e++)
			str_putc(out, *e == '=' ? in.p[i] : *e);
		state = table[state][column].next;
		if (state == END)
			return SMTP_DECODE_END;
		if (state == ABORT)
			return SMTP_DECODE_BARE_LF;
	}
	*used = in.n;
	return SMTP_DECODE_MORE;
}

/* cut: the input comes in two pieces, the first of this length */
static bool
decodes_as_table(struct span in, size_t cut)
{
	struct str want = {0}, got = {0};
	struct smtp_decoder d = {0};
	struct span first = span_first(in, cut), second = span_from(in, cut);
	enum smtp_decode_status status, expected;
	size_t used = 0;
	bool same;

	expected = decode_by_table(in, &want, &used);
	status = smtp_decode(&d, &first, &got);
	if (status == SMTP_DECODE_MORE)
		status = smtp_decode(&d, &second, &got);
	same = status == expected && first.n + second.n == in.n - used &&
	       span_eq(str_span(&got), str_span(&want));
	str_free(&want);
	str_free(&got);
	return same;
}

START_TEST(every_string_decodes_as_the_table_says)
{
	char buf[LENGTH];

	for (size_t length = 0; length <= LENGTH; length++) {
		for (unsigned i = 0; i < strings_of_length(length); i++) {
			struct span in = string_of(i, length, buf);

			for (size_t cut = 0; cut <= length; cut++) {
				if (!decodes_as_table(in, cut))
					ck_abort_msg("string %u", i);
			}
		}
	}
}
END_TEST

/* An LF always has a CR before it, and dot alone on a line comes only last. */
static bool
is_sound(struct span wire)
{
	static const struct span end = SPAN_INIT("\r\n.\r\n");

	for (size_t i = 0; i < wire.n; i++) {
		bool after_cr = i > 0 && wire.p[i - 1] == '\r';

		if ((wire.p[i] == '\n') != after_cr)
			return false;
		if (span_has_prefix(span_from(wire, i), end) &&
		    i + end.n != wire.n)
			return false;
	}
	return span_has_suffix(wire, SPAN(".\r\n")) &&
	       (wire.n == 3 || (span_has_suffix(wire, end) &&
	                           !span_has_prefix(wire, SPAN(".\r\n"))));
}

static void
encode(struct span in, size_t cut, struct str *wire)
{
	struct smtp_encoder c = {0};

	smtp_encode(&c, span_first(in, cut), wire);
	smtp_encode(&c, span_from(in, cut), wire);
	smtp_encode_end(&c, wire);
}

/* What a receiver makes of it: the same lines, each end an LF. */
static void
normalise(struct span in, struct str *out)
{
	for (size_t i = 0; i < in.n; i++) {
		if (in.p[i] == '\n' && i > 0 && in.p[i - 1] == '\r')
			continue;
		str_putc(out, in.p[i] == '\r' ? '\n' : in.p[i]);
	}
	if (out->n > 0 && out->p[out->n - 1] != '\n')
		str_putc(out, '\n');
}

static bool
travels_whole(struct span in, size_t cut)
{
	struct str wire = {0}, back = {0}, want = {0};
	struct smtp_decoder d = {0};
	struct span rest;
	bool good;

	encode(in, cut, &wire);
	rest = str_span(&wire);
	normalise(in, &want);
	good = is_sound(str_span(&wire)) &&
	       smtp_decode(&d, &rest, &back) == SMTP_DECODE_END &&
	       rest.n == 0 && !d.has_bare_cr &&
	       span_eq(str_span(&back), str_span(&want));
	str_free(&wire);
	str_free(&back);
	str_free(&want);
	return good;
}

START_TEST(no_stored_byte_ends_a_message_early)
{
	char buf[LENGTH];

	for (size_t length = 0; length <= LENGTH; length++) {
		for (unsigned i = 0; i < strings_of_length(length); i++) {
			struct span in = string_of(i, length, buf);

			for (size_t cut = 0; cut <= length; cut++) {
				if (!travels_whole(in, cut))
					ck_abort_msg("string %u", i);
			}
		}
	}
}
END_TEST

/* Received, stored and sent on: the receiver sees one message. */
START_TEST(a_relayed_message_stays_one_message)
{
	char buf[LENGTH];

	for (unsigned i = 0; i < strings_of_length(LENGTH); i++) {
		struct span in = string_of(i, LENGTH, buf);
		struct smtp_decoder d = {0};
		struct str stored = {0};

		if (smtp_decode(&d, &in, &stored) == SMTP_DECODE_BARE_LF)
			ck_assert(!d.allow_bare_lf);
		if (!travels_whole(str_span(&stored), stored.n / 2))
			ck_abort_msg("string %u", i);
		str_free(&stored);
	}
}
END_TEST

static const struct {
	const char *label;
	struct span in, want;
	enum smtp_decode_status status;
} lax[] = {
    {"LF . LF", SPAN_INIT("a\n.\nb\r\n.\r\n"), SPAN_INIT("a\n.\nb\n"),
        SMTP_DECODE_END},
    {"LF . CR LF", SPAN_INIT("a\n.\r\nb\r\n.\r\n"), SPAN_INIT("a\n.\nb\n"),
        SMTP_DECODE_END},
    {"CR LF . LF", SPAN_INIT("a\r\n.\nb\r\n.\r\n"), SPAN_INIT("a\n\nb\n"),
        SMTP_DECODE_END},
    {"no end", SPAN_INIT("a\n.\n"), SPAN_INIT("a\n.\n"), SMTP_DECODE_MORE},
};

START_TEST(an_allowed_bare_lf_never_ends_the_message)
{
	struct smtp_decoder d = {.allow_bare_lf = true};
	struct span in = lax[_i].in;
	struct str out = {0};

	ck_assert_int_eq(smtp_decode(&d, &in, &out), lax[_i].status);
	ck_span(str_span(&out), lax[_i].want, lax[_i].label);
	str_free(&out);
}
END_TEST

int
main(void)
{
	TCase *t = unit_begin("fmt/smtp_data");

	tcase_add_test(t, every_string_decodes_as_the_table_says);
	tcase_add_test(t, no_stored_byte_ends_a_message_early);
	tcase_add_test(t, a_relayed_message_stays_one_message);
	tcase_add_loop_test(t, an_allowed_bare_lf_never_ends_the_message, 0,
	    ROWS(lax));
	return unit_end();
}
