/* SPDX-License-Identifier: ISC */
#include "fmt/trace.h"

#include "fmt/quote.h"

static void
flatten_lines(struct str *out, size_t start)
{
	for (size_t i = start; i < out->n; i++) {
		if (out->p[i] == '\n')
			out->p[i] = '_';
	}
}

void
trace_put_return_path(struct str *out, struct span sender)
{
	size_t start = out->n;

	str_put(out, SPAN("Return-Path: <"));
	quote_put_mailbox(out, sender);
	flatten_lines(out, start);
	str_put(out, SPAN(">\n"));
}

void
trace_put_delivered_to(struct str *out, struct span local, struct span domain)
{
	size_t start = out->n;

	str_put(out, SPAN("Delivered-To: "));
	str_put(out, local);
	str_putc(out, '@');
	str_put(out, domain);
	flatten_lines(out, start);
	str_putc(out, '\n');
}

struct trace_search
trace_search_init(struct span line)
{
	return (struct trace_search){.line = line};
}

/* The current line goes on with part, which holds no LF but its last byte. */
static void
compare(struct trace_search *s, struct span part)
{
	struct span rest = span_from(s->line, s->length);

	if (!s->differs && span_has_prefix(rest, part))
		s->length += part.n;
	else
		s->differs = true;
}

enum trace_result
trace_search_feed(struct trace_search *s, struct span block)
{
	while (block.n > 0) {
		size_t lf = span_find(block, '\n', 0);
		struct span part = span_first(block, lf + (lf < block.n));

		if (lf == 0 && s->length == 0 && !s->differs)
			return TRACE_ABSENT;
		compare(s, part);
		block = span_from(block, part.n);
		if (part.p[part.n - 1] != '\n')
			continue;
		if (!s->differs)
			return TRACE_FOUND;
		*s = trace_search_init(s->line);
	}
	return TRACE_MORE;
}
