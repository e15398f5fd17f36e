/* SPDX-License-Identifier: ISC */
#include "fmt/smtp_data.h"

/* Inside a line nothing but CR and LF matters: copies up to the next of them.
 */
static void
copy_run(struct span *in, struct str *out)
{
	size_t lf = span_find(*in, '\n', 0);
	size_t n = span_find(span_first(*in, lf), '\r', 0);

	str_put(out, span_first(*in, n));
	*in = span_from(*in, n);
}

static enum smtp_decode_status
take_bare_lf(struct smtp_decoder *d, struct str *out)
{
	if (!d->allow_bare_lf)
		return SMTP_DECODE_BARE_LF;
	str_putc(out, '\n');
	d->state = SMTP_IN_LINE;
	return SMTP_DECODE_MORE;
}

static void
keep_cr(struct smtp_decoder *d, struct str *out)
{
	str_putc(out, '\r');
	d->has_bare_cr = true;
}

static void
take_plain(struct smtp_decoder *d, char c, struct str *out)
{
	if (d->state == SMTP_AFTER_DOT_CR)
		str_putc(out, '.');
	if (d->state == SMTP_AFTER_DOT_CR || d->state == SMTP_AFTER_CR)
		keep_cr(d, out);
	if (c == '.' && d->state == SMTP_AT_LINE_START) {
		d->state = SMTP_AFTER_DOT;
		return;
	}
	str_putc(out, c);
	d->state = SMTP_IN_LINE;
}

static void
take_cr(struct smtp_decoder *d, struct str *out)
{
	if (d->state == SMTP_AFTER_DOT) {
		d->state = SMTP_AFTER_DOT_CR;
		return;
	}
	if (d->state == SMTP_AFTER_DOT_CR)
		str_putc(out, '.');
	if (d->state == SMTP_AFTER_DOT_CR || d->state == SMTP_AFTER_CR)
		keep_cr(d, out);
	d->state = SMTP_AFTER_CR;
}

static enum smtp_decode_status
take_lf(struct smtp_decoder *d, struct str *out)
{
	switch (d->state) {
	case SMTP_AFTER_DOT_CR:
		return SMTP_DECODE_END;
	case SMTP_AFTER_CR:
		str_putc(out, '\n');
		d->state = SMTP_AT_LINE_START;
		return SMTP_DECODE_MORE;
	case SMTP_AT_LINE_START:
	case SMTP_IN_LINE:
	case SMTP_AFTER_DOT:
		break;
	}
	return take_bare_lf(d, out);
}

enum smtp_decode_status
smtp_decode(struct smtp_decoder *d, struct span *in, struct str *out)
{
	enum smtp_decode_status status = SMTP_DECODE_MORE;

	while (in->n > 0 && status == SMTP_DECODE_MORE) {
		char c = in->p[0];

		if (d->state == SMTP_IN_LINE && c != '\r' && c != '\n') {
			copy_run(in, out);
			continue;
		}
		*in = span_from(*in, 1);
		if (c == '\n')
			status = take_lf(d, out);
		else if (c == '\r')
			take_cr(d, out);
		else
			take_plain(d, c, out);
	}
	return status;
}

static void
end_line(struct smtp_encoder *c, struct str *out)
{
	str_put(out, SPAN("\r\n"));
	c->state = SMTP_SOL;
}

void
smtp_encode(struct smtp_encoder *c, struct span in, struct str *out)
{
	while (in.n > 0) {
		struct span before = in;

		if (c->state == SMTP_CR) {
			end_line(c, out);
			if (in.p[0] == '\n') {
				in = span_from(in, 1);
				continue;
			}
		}
		if (c->state == SMTP_SOL && in.p[0] == '.')
			str_putc(out, '.');
		copy_run(&in, out);
		if (in.n != before.n)
			c->state = SMTP_MID;
		if (in.n == 0)
			break;
		if (in.p[0] == '\r')
			c->state = SMTP_CR;
		else
			end_line(c, out);
		in = span_from(in, 1);
	}
}

void
smtp_encode_end(struct smtp_encoder *c, struct str *out)
{
	if (c->state != SMTP_SOL)
		end_line(c, out);
	str_put(out, SPAN(".\r\n"));
}
