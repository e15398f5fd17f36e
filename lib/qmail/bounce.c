/* SPDX-License-Identifier: ISC */
#include "qmail/bounce.h"

#include "base/num.h"
#include "fmt/date.h"
#include "fmt/quote.h"

enum { OMITTED_DIGITS = 10 };

static const struct span double_sender = SPAN_INIT("#@[]");
static const struct span report_cut =
    SPAN_INIT("(The rest of this report was left out.)");

enum bounce_kind
bounce_kind(struct span base)
{
	if (base.n == 0)
		return BOUNCE_DOUBLE;
	return span_eq(base, double_sender) ? BOUNCE_TRIPLE : BOUNCE_SINGLE;
}

struct span
bounce_sender(enum bounce_kind kind)
{
	return kind == BOUNCE_DOUBLE ? double_sender : SPAN("");
}

/* ---- paragraphs ---------------------------------------------------------- */

static void
put_recipient(struct str *out, struct span recipient)
{
	str_putc(out, '<');
	for (size_t i = 0; i < recipient.n; i++)
		str_putc(out, recipient.p[i] == '\n' ? '_' : recipient.p[i]);
	str_put(out, SPAN(">:\n"));
}

/* Behind a line end already. */
static void
put_report(struct str *out, struct span report)
{
	char previous = '\n';

	while (report.n > 0 && report.p[report.n - 1] == '\n')
		report.n--;
	for (size_t i = 0; i < report.n && i < BOUNCE_REPORT_MAX; i++) {
		char c = report.p[i];

		if (c == '\n' && previous == '\n')
			str_putc(out, '/');
		else
			str_putc(out, c);
		previous = c;
	}
	if (report.n > 0 && previous != '\n')
		str_putc(out, '\n');
	if (report.n > BOUNCE_REPORT_MAX) {
		str_put(out, report_cut);
		str_putc(out, '\n');
	}
}

void
bounce_paragraph_put(struct str *out, struct span recipient, struct span report,
    struct span last)
{
	put_recipient(out, recipient);
	put_report(out, report);
	if (last.n > 0) {
		str_put(out, last);
		str_putc(out, '\n');
	}
	str_putc(out, '\n');
}

/* The lines up to an empty one, which is consumed. */
static struct span
take_lines(struct span *in)
{
	struct span all = *in, line;

	while (span_take_line(in, &line)) {
		if (line.n == 0)
			return span_first(all, (size_t)(line.p - all.p));
	}
	return all;
}

enum bounce_status
bounce_paragraph_take(struct span *in, struct span *recipient,
    struct span *text)
{
	struct span rest = *in, line;

	while (span_take_prefix(&rest, SPAN("\n")))
		;
	if (!span_take_line(&rest, &line))
		return BOUNCE_END;
	if (!span_has_prefix(line, SPAN("<")) ||
	    !span_has_suffix(line, SPAN(">:")))
		return BOUNCE_BAD;
	*recipient = (struct span){line.p + 1, line.n - 3};
	*text = take_lines(&rest);
	*in = rest;
	return BOUNCE_OK;
}

static const struct span omitted_head = SPAN_INIT("(");
static const struct span omitted_tail =
    SPAN_INIT(" more recipients failed; not listed for space.)\n\n");

void
bounce_omitted_put(struct str *out, uint64_t count)
{
	const uint64_t most = 9999999999;

	str_put(out, omitted_head);
	str_put_pad(out, count < most ? count : most, OMITTED_DIGITS);
	str_put(out, omitted_tail);
}

bool
bounce_omitted_parse(struct span tail, uint64_t *count)
{
	return span_take_prefix(&tail, omitted_head) &&
	       span_eq(span_from(tail, OMITTED_DIGITS), omitted_tail) &&
	       num_parse_u64(span_first(tail, OMITTED_DIGITS), UINT64_MAX,
	           count);
}

/* ---- the message --------------------------------------------------------- */

/* A line break in an address must not begin a new field. */
static void
put_field_mailbox(struct str *out, struct span mailbox)
{
	size_t start = out->n;

	quote_put_mailbox(out, mailbox);
	for (size_t i = start; str_ok(out) && i < out->n; i++) {
		if (out->p[i] == '\n' || out->p[i] == '\r' || out->p[i] == '\0')
			out->p[i] = '_';
	}
}

static struct span
introduction(enum bounce_kind kind)
{
	if (kind == BOUNCE_DOUBLE)
		return SPAN("A failure notice could not be delivered to the "
		            "address below:\nthis bounce bounced!\n\n");
	return SPAN("Your message could not be delivered to the addresses "
	            "below.\nThis is permanent: no further attempt will be "
	            "made. Sorry.\n\n");
}

void
bounce_head_put(struct str *out, const struct bounce_letter *letter)
{
	str_put(out, SPAN("Date: "));
	date_put_822(out, letter->date);
	str_put(out, SPAN("\nFrom: "));
	quote_put_local(out, letter->from_box);
	str_putc(out, '@');
	str_put(out, letter->from_host);
	str_put(out, SPAN("\nTo: "));
	put_field_mailbox(out, letter->to);
	str_put(out, SPAN("\nSubject: failure notice\n\n"
	                  "Hi. This is the qmail-send program at "));
	str_put(out, letter->from_host);
	str_put(out, SPAN(".\n"));
	str_put(out, introduction(letter->kind));
}

void
bounce_break_put(struct str *out, const struct bounce_letter *letter)
{
	if (letter->kind == BOUNCE_DOUBLE)
		str_put(out, SPAN("--- Below this line is the original "
		                  "bounce.\n\n"));
	else
		str_put(out, SPAN("--- Below this line is a copy of the "
		                  "message.\n\n"));
	str_put(out, SPAN("Return-Path: <"));
	put_field_mailbox(out, letter->return_path);
	str_put(out, SPAN(">\n"));
}

void
bounce_cut_put(struct str *out)
{
	str_put(out, SPAN("\n--- The rest of the message was left out.\n"));
}
