/* SPDX-License-Identifier: ISC */
#include "fmt/smtp_reply.h"

#include "base/ascii.h"

enum { CODE_DIGITS = 3, CODE_MAX = 599 };

static bool
take_code(struct smtp_reply *r, char c)
{
	if (r->column < CODE_DIGITS) {
		if (!ascii_is_digit(c))
			return false;
		r->digits = r->digits * 10 + (unsigned)(c - '0');
		return r->digits <= CODE_MAX;
	}
	/* a code alone on its line is a last line too */
	r->is_last = c != '-';
	return true;
}

static void
keep(struct smtp_reply *r, char c)
{
	if (c == '\r' || r->text.n >= SMTP_REPLY_TEXT_MAX)
		return;
	str_putc(&r->text, c == '\0' ? '?' : c);
}

static enum smtp_reply_status
end_line(struct smtp_reply *r)
{
	if (r->column < CODE_DIGITS)
		return SMTP_REPLY_BROKEN;
	if (r->column == CODE_DIGITS)
		r->is_last = true;
	keep(r, '\n');
	r->code = r->digits;
	r->column = 0;
	r->digits = 0;
	return r->is_last ? SMTP_REPLY_DONE : SMTP_REPLY_MORE;
}

static enum smtp_reply_status
take_byte(struct smtp_reply *r, char c)
{
	if (++r->bytes > SMTP_REPLY_BYTES_MAX)
		return SMTP_REPLY_BROKEN;
	if (c == '\n')
		return end_line(r);
	if (c == '\r' && r->column == CODE_DIGITS)
		return SMTP_REPLY_MORE; /* the code alone */
	if (r->column <= CODE_DIGITS && !take_code(r, c))
		return SMTP_REPLY_BROKEN;
	r->column++;
	keep(r, c);
	return SMTP_REPLY_MORE;
}

enum smtp_reply_status
smtp_reply_take(struct smtp_reply *r, struct span *in)
{
	enum smtp_reply_status status = SMTP_REPLY_MORE;

	while (in->n > 0 && status == SMTP_REPLY_MORE) {
		status = take_byte(r, in->p[0]);
		*in = span_from(*in, 1);
	}
	return status;
}

void
smtp_reply_reset(struct smtp_reply *r)
{
	struct str text = r->text;

	str_reset(&text);
	*r = (struct smtp_reply){.text = text};
}

void
smtp_reply_free(struct smtp_reply *r)
{
	str_free(&r->text);
	*r = (struct smtp_reply){0};
}

bool
smtp_reply_offers(const struct smtp_reply *r, struct span keyword)
{
	struct span rest = str_span(&r->text), line;
	bool is_first = true;

	while (span_take_line(&rest, &line)) {
		line = span_from(line, CODE_DIGITS + 1);
		line = span_first(line, span_find(line, ' ', 0));
		if (!is_first && ascii_eq_nocase(line, keyword))
			return true;
		is_first = false;
	}
	return false;
}
