/* SPDX-License-Identifier: ISC */
#include "mta/smtpd/smtpd_header.h"

#include "base/ascii.h"

enum { LINE_KEPT = 300 }; /* bytes of a line that are looked at */

static bool
begins_with(struct span line, struct span word)
{
	return line.n >= word.n &&
	       ascii_eq_nocase(span_first(line, word.n), word);
}

static void
keep_message_id(struct smtpd_header *h, struct span line)
{
	static const struct span field = SPAN_INIT("message-id:");
	size_t open, close;

	if (h->message_id.n > 0 || !begins_with(line, field))
		return;
	line = span_from(line, field.n);
	open = span_find(line, '<', 0);
	close = span_find(line, '>', open);
	if (close < line.n)
		str_put(&h->message_id,
		    span_first(span_from(line, open + 1), close - open - 1));
}

static void
end_line(struct smtpd_header *h)
{
	struct span line = str_span(&h->line);

	if (h->length == 0)
		h->is_over = true;
	else if (begins_with(line, SPAN("received")) ||
	         begins_with(line, SPAN("delivered")))
		h->hops++;
	else
		keep_message_id(h, line);
	str_reset(&h->line);
	h->length = 0;
}

void
smtpd_header_scan(struct smtpd_header *h, struct span text)
{
	while (text.n > 0 && !h->is_over) {
		size_t lf = span_find(text, '\n', 0);
		struct span piece = span_first(text, lf);

		if (h->line.n < LINE_KEPT)
			str_put(&h->line,
			    span_first(piece, LINE_KEPT - h->line.n));
		h->length += piece.n;
		if (lf == text.n)
			return;
		end_line(h);
		text = span_from(text, lf + 1);
	}
}

struct span
smtpd_header_message_id(const struct smtpd_header *h)
{
	return str_span(&h->message_id);
}

void
smtpd_header_free(struct smtpd_header *h)
{
	str_free(&h->line);
	str_free(&h->message_id);
}
