/* SPDX-License-Identifier: ISC */
#include "fmt/mbox.h"

#include "fmt/date.h"

static const struct span from = SPAN_INIT("From ");
static const struct span quoted_from = SPAN_INIT(">From ");

void
mbox_put_from(struct str *out, struct span sender, int64_t t)
{
	str_put(out, from);
	for (size_t i = 0; i < sender.n; i++) {
		char c = sender.p[i];

		str_putc(out, c == ' ' || c == '\t' || c == '\n' ? '-' : c);
	}
	if (sender.n == 0)
		str_put(out, SPAN("MAILER-DAEMON"));
	str_putc(out, ' ');
	date_put_mbox(out, t);
	str_putc(out, '\n');
}

/* How many bytes of "From ", from byte known on, s begins with. */
static size_t
match_from(struct span s, size_t known)
{
	size_t n = 0;

	while (known + n < from.n && n < s.n && s.p[n] == from.p[known + n])
		n++;
	return n;
}

static void
consume(struct mbox_quoter *q, struct span *in, size_t n)
{
	if (n > 0)
		q->open = in->p[n - 1] != '\n';
	*in = span_from(*in, n);
}

/* The block before ended inside what may become "From ". */
static bool
resume(struct mbox_quoter *q, struct span *in, struct span *piece)
{
	size_t more = match_from(*in, q->held);

	consume(q, in, more);
	if (q->held + more < from.n && in->n == 0) {
		q->held += (unsigned)more; /* below 5 */
		return false;
	}
	if (q->held + more == from.n)
		*piece = quoted_from;
	else
		*piece = span_first(from, q->held + more);
	q->held = 0;
	q->inside = true;
	return true;
}

/* Length of what can be passed on as it is. Stops before a "From " that needs
 * its quote and before the beginning of one that the block cuts. */
static size_t
find_stop(struct mbox_quoter *q, struct span in)
{
	size_t at = 0;

	while (at < in.n) {
		size_t n;

		if (q->inside) {
			at = span_find(in, '\n', at);
			if (at == in.n)
				return at;
			at++;
			q->inside = false;
			continue;
		}
		while (at < in.n && in.p[at] == '>')
			at++;
		n = match_from(span_from(in, at), 0);
		if (n == from.n || (n > 0 && at + n == in.n))
			return at;
		q->inside = at < in.n;
	}
	return at;
}

bool
mbox_quote_next(struct mbox_quoter *q, struct span *in, struct span *piece)
{
	size_t stop;

	if (in->n == 0)
		return false;
	if (q->held > 0)
		return resume(q, in, piece);
	stop = find_stop(q, *in);
	if (stop > 0) {
		*piece = span_first(*in, stop);
		consume(q, in, stop);
		return true;
	}
	if (in->n < from.n) {
		q->held = (unsigned)in->n;
		consume(q, in, in->n);
		return false;
	}
	/* the extra ">" may stand anywhere in the run of ">" before From: the
	 * run is gone already, so it comes last */
	*piece = quoted_from;
	consume(q, in, from.n);
	q->inside = true;
	return true;
}

void
mbox_quote_end(struct mbox_quoter *q, struct str *out)
{
	str_put(out, span_first(from, q->held));
	if (q->open)
		str_putc(out, '\n');
	str_putc(out, '\n');
	*q = (struct mbox_quoter){0};
}
