/* SPDX-License-Identifier: ISC */
#include "fmt/rfc822_print.h"

#include <stdint.h>

enum {
	BREAK_BYTES = 2, /* LF SP */
	LINE_MAX_BYTES = 78 + BREAK_BYTES,
};

static const size_t none = SIZE_MAX;

struct printer {
	struct str *out;
	size_t line;    /* where the current line begins */
	size_t pending; /* where the last possible break is, or none */
};

static bool
is_word(enum rfc822_kind kind)
{
	return kind == RFC822_ATOM || kind == RFC822_QUOTED ||
	       kind == RFC822_LITERAL || kind == RFC822_COMMENT;
}

static bool
needs_space(enum rfc822_kind before, enum rfc822_kind after)
{
	if (before == RFC822_COLON || before == RFC822_COMMA)
		return true;
	if (after == RFC822_LEFT)
		return true;
	return is_word(before) && is_word(after);
}

static void
put_escaped(struct str *out, struct span text)
{
	static const char special[] = "\"[]()\\\r\n";

	for (size_t i = 0; i < text.n; i++) {
		if (memchr(special, text.p[i], sizeof(special) - 1) != NULL)
			str_putc(out, '\\');
		str_putc(out, text.p[i]);
	}
}

static void
put_token(struct str *out, const struct rfc822_token *t)
{
	switch (t->kind) {
	case RFC822_ATOM:
		put_escaped(out, t->text);
		return;
	case RFC822_QUOTED:
		str_putc(out, '"');
		put_escaped(out, t->text);
		str_putc(out, '"');
		return;
	case RFC822_LITERAL:
		str_putc(out, '[');
		put_escaped(out, t->text);
		str_putc(out, ']');
		return;
	case RFC822_COMMENT:
		str_putc(out, '(');
		put_escaped(out, t->text);
		str_putc(out, ')');
		return;
	case RFC822_DOT:
	case RFC822_COMMA:
	case RFC822_AT:
	case RFC822_LEFT:
	case RFC822_RIGHT:
	case RFC822_COLON:
	case RFC822_SEMICOLON:
		str_putc(out, (char)t->kind);
		return;
	}
}

/* At a comma or at the end: the break before stays only if the line would be
 * too long without it. Moves at most one line, so the whole stays linear. */
static void
settle_break(struct printer *p)
{
	struct str *out = p->out;
	size_t tail;

	if (p->pending == none || !str_ok(out))
		return;
	if (out->n - p->line > LINE_MAX_BYTES) {
		p->line = p->pending + 1;
		return;
	}
	tail = p->pending + BREAK_BYTES;
	memmove(out->p + p->pending, out->p + tail, out->n - tail);
	str_cut(out, out->n - BREAK_BYTES);
}

void
rfc822_print(struct str *out, const struct rfc822_tokens *field)
{
	struct printer p = {.out = out, .line = out->n, .pending = none};

	for (size_t i = 0; i < field->n; i++) {
		enum rfc822_kind kind = field->t[i].kind;

		if (i > 0 && needs_space(field->t[i - 1].kind, kind))
			str_putc(out, ' ');
		put_token(out, &field->t[i]);
		if (kind == RFC822_COMMA) {
			settle_break(&p);
			p.pending = out->n;
			str_put(out, SPAN("\n "));
		}
	}
	settle_break(&p);
	str_putc(out, '\n');
}
