/* SPDX-License-Identifier: ISC */
#include "qmail/spawn_msg.h"

/* qmail-start looks for these bytes in the files of the programs */
const char spawn_wide_mark[] = "@(#)qward speaks the wide spawn protocol 1";

static void
put_number(struct str *out, bool wide, unsigned n)
{
	str_putc(out, (char)(unsigned char)(n & 0xff));
	if (wide)
		str_putc(out, (char)(unsigned char)(n >> 8 & 0xff));
}

static bool
take_number(struct span *in, bool wide, unsigned *n)
{
	size_t bytes = wide ? 2 : 1;

	if (in->n < bytes)
		return false;
	*n = (unsigned char)in->p[0];
	if (wide)
		*n |= (unsigned)(unsigned char)in->p[1] << 8;
	*in = span_from(*in, bytes);
	return true;
}

static void
put_text(struct str *out, struct span text)
{
	str_put(out, text);
	str_putc(out, '\0');
}

void
spawn_greeting_put(struct str *out, bool wide, unsigned limit)
{
	unsigned max = wide ? SPAWN_WIDE_MAX : SPAWN_CLASSIC_MAX;

	put_number(out, wide, limit > max ? max : limit);
}

bool
spawn_greeting_take(struct span *in, bool wide, unsigned *limit)
{
	return take_number(in, wide, limit);
}

void
spawn_command_put(struct str *out, bool wide, const struct spawn_command *c)
{
	put_number(out, wide, c->delivery);
	put_text(out, c->mess);
	put_text(out, c->sender);
	put_text(out, c->recipient);
}

bool
spawn_command_take(struct span *in, bool wide, struct spawn_command *c)
{
	struct span rest = *in;

	if (!take_number(&rest, wide, &c->delivery) ||
	    !span_take_nul(&rest, &c->mess) ||
	    !span_take_nul(&rest, &c->sender) ||
	    !span_take_nul(&rest, &c->recipient))
		return false;
	*in = rest;
	return true;
}

void
spawn_report_put(struct str *out, bool wide, const struct spawn_report *r)
{
	struct span text = span_first(r->text, span_find(r->text, '\0', 0));

	put_number(out, wide, r->delivery);
	str_putc(out, r->letter);
	put_text(out, span_first(text, SPAWN_REPORT_MAX));
}

bool
spawn_report_take(struct span *in, bool wide, struct spawn_report *r)
{
	struct span rest = *in, text;

	if (!take_number(&rest, wide, &r->delivery) ||
	    !span_take_nul(&rest, &text))
		return false;
	r->letter = '\0';
	if (text.n > 0)
		r->letter = text.p[0];
	r->text = span_first(span_from(text, 1), SPAWN_REPORT_MAX);
	*in = rest;
	return true;
}
