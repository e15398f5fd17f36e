/* SPDX-License-Identifier: ISC */
#include "fmt/rfc822_token.h"

#include <stdlib.h>

#include "base/array.h"
#include "base/size.h"

/* What is left to read, and where decoded bytes go: decoding never lengthens,
 * so there is room for all of them from the start and texts never move. */
struct reader {
	struct span in;
	char *to;
};

static bool
is_separator(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool
is_punctuation(char c)
{
	switch (c) {
	case RFC822_DOT:
	case RFC822_COMMA:
	case RFC822_AT:
	case RFC822_LEFT:
	case RFC822_RIGHT:
	case RFC822_COLON:
	case RFC822_SEMICOLON:
		return true;
	default:
		return false;
	}
}

static bool
ends_atom(char c)
{
	return is_separator(c) || is_punctuation(c) || c == '(' || c == '[' ||
	       c == '"';
}

/* Bytes that an atom may not have in print: it becomes a quoted string. */
static bool
needs_quotes(struct span atom)
{
	for (size_t i = 0; i < atom.n; i++) {
		unsigned char c = (unsigned char)atom.p[i];

		if (c < 32 || c > 126 || c == ')' || c == ']' || c == '\\')
			return true;
	}
	return false;
}

static char
take(struct reader *r)
{
	char c = r->in.p[0];

	r->in = span_from(r->in, 1);
	return c;
}

/* The inside of a comment, quoted string or literal, whose opening byte is
 * taken already. Only comments nest; the inner parentheses vanish. */
static bool
read_enclosed(struct reader *r, char open, char close, struct span *text)
{
	char *start = r->to;
	size_t depth = 1;

	while (r->in.n > 0) {
		char c = take(r);

		if (c == close) {
			depth--;
			if (depth == 0) {
				*text = (struct span){start,
				    (size_t)(r->to - start)};
				return true;
			}
			continue;
		}
		if (c == '(' && open == '(') {
			depth++;
			continue;
		}
		if (c == '\\') {
			if (r->in.n == 0)
				return false;
			c = take(r);
		}
		*r->to++ = c;
	}
	return false;
}

static struct span
read_atom(struct reader *r)
{
	char *start = r->to;

	while (r->in.n > 0 && !ends_atom(r->in.p[0])) {
		char c = take(r);

		if (c == '\\') {
			if (r->in.n == 0)
				break;
			c = take(r);
		}
		*r->to++ = c;
	}
	return (struct span){start, (size_t)(r->to - start)};
}

/* One token, at whose first byte the reader stands. */
static bool
read_token(struct reader *r, struct rfc822_tokens *out)
{
	char c = r->in.p[0];
	struct span text = {0};

	if (is_punctuation(c)) {
		rfc822_tokens_put(out, (enum rfc822_kind)take(r), text);
		return true;
	}
	switch (c) {
	case ')':
	case ']':
		return false;
	case '(':
	case '"':
	case '[':
		(void)take(r);
		if (!read_enclosed(r, c,
		        c == '('   ? ')'
		        : c == '[' ? ']'
		                   : '"',
		        &text))
			return false;
		rfc822_tokens_put(out, (enum rfc822_kind)c, text);
		return true;
	default:
		text = read_atom(r);
		rfc822_tokens_put(out,
		    needs_quotes(text) ? RFC822_QUOTED : RFC822_ATOM, text);
		return true;
	}
}

enum rfc822_status
rfc822_tokens_parse(struct span text, struct rfc822_tokens *out)
{
	struct reader r = {.in = text};

	rfc822_tokens_reset(out);
	r.to = str_room(&out->text, text.n + 1);
	if (r.to == NULL)
		return RFC822_MEMORY;
	while (r.in.n > 0) {
		if (is_separator(r.in.p[0]))
			(void)take(&r);
		else if (!read_token(&r, out))
			return RFC822_BAD;
	}
	return out->failed ? RFC822_MEMORY : RFC822_OK;
}

/* Makes room for extra more tokens. */
static bool
reserve(struct rfc822_tokens *out, size_t extra)
{
	size_t need;

	if (out->failed)
		return false;
	if (!size_add(out->n, extra, &need) ||
	    !array_grow(&out->t, &out->cap, need, sizeof(*out->t))) {
		out->failed = true;
		return false;
	}
	return true;
}

void
rfc822_tokens_put(struct rfc822_tokens *out, enum rfc822_kind kind,
    struct span text)
{
	if (reserve(out, 1))
		out->t[out->n++] = (struct rfc822_token){kind, text};
}

void
rfc822_tokens_put_all(struct rfc822_tokens *out,
    const struct rfc822_tokens *more)
{
	if (more->failed)
		out->failed = true;
	if (more->n == 0 || !reserve(out, more->n))
		return;
	memcpy(out->t + out->n, more->t, more->n * sizeof(*more->t));
	out->n += more->n;
}

void
rfc822_tokens_drop(struct rfc822_tokens *out, size_t n)
{
	if (n > out->n)
		n = out->n;
	out->n -= n;
	if (n > 0 && out->n > 0)
		memmove(out->t, out->t + n, out->n * sizeof(*out->t));
}

void
rfc822_tokens_reverse(struct rfc822_tokens *out)
{
	for (size_t i = 0; i < out->n / 2; i++) {
		struct rfc822_token last = out->t[out->n - 1 - i];

		out->t[out->n - 1 - i] = out->t[i];
		out->t[i] = last;
	}
}

size_t
rfc822_tokens_find(const struct rfc822_tokens *t, enum rfc822_kind kind)
{
	for (size_t i = 0; i < t->n; i++) {
		if (t->t[i].kind == kind)
			return i;
	}
	return t->n;
}

size_t
rfc822_tokens_rfind(const struct rfc822_tokens *t, enum rfc822_kind kind)
{
	for (size_t i = t->n; i > 0; i--) {
		if (t->t[i - 1].kind == kind)
			return i - 1;
	}
	return t->n;
}

bool
rfc822_tokens_ok(const struct rfc822_tokens *t)
{
	return !t->failed;
}

void
rfc822_tokens_reset(struct rfc822_tokens *t)
{
	t->n = 0;
	t->failed = false;
	str_reset(&t->text);
}

void
rfc822_tokens_free(struct rfc822_tokens *t)
{
	free(t->t);
	str_free(&t->text);
	*t = (struct rfc822_tokens){0};
}
