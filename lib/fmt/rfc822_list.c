/* SPDX-License-Identifier: ISC */
#include "fmt/rfc822_list.h"

enum { FIRST = 2 }; /* after name and colon */

/* The field is read, and the result and the address are built, backwards. */
struct walk {
	struct rfc822_list *l;
	const struct rfc822_token *t;
	size_t at; /* tokens not yet read */
	bool in_group;
	bool word_ok; /* a word may be joined to the address at hand */
};

static void
emit(struct walk *w, const struct rfc822_token *t)
{
	rfc822_tokens_put(&w->l->result, t->kind, t->text);
}

static void
hand_over(struct walk *w)
{
	struct rfc822_tokens *address = &w->l->address;

	rfc822_tokens_reverse(address);
	if (rfc822_tokens_ok(address)) /* never half an address */
		w->l->found(w->l->context, address);
	rfc822_tokens_reverse(address);
	rfc822_tokens_put_all(&w->l->result, address);
	rfc822_tokens_reset(address);
}

static bool
flush(struct walk *w)
{
	const struct rfc822_tokens *address = &w->l->address;

	/* empty for want of memory is not empty */
	if (address->n == 0 && rfc822_tokens_ok(address))
		return false;
	hand_over(w);
	return true;
}

/* The comma that was left out between two addresses. */
static void
flush_comma(struct walk *w)
{
	static const struct rfc822_token comma = {.kind = RFC822_COMMA};

	if (flush(w))
		emit(w, &comma);
}

static void
prepend(struct walk *w, const struct rfc822_token *t)
{
	rfc822_tokens_put(&w->l->address, t->kind, t->text);
}

/* The end of a group. */
static bool
take_semicolon(struct walk *w, const struct rfc822_token *t)
{
	flush_comma(w);
	if (w->in_group)
		return false;
	w->in_group = true;
	w->word_ok = true;
	emit(w, t);
	return true;
}

/* The beginning of a group: its name reaches back to the comma before. */
static bool
take_colon(struct walk *w, const struct rfc822_token *t)
{
	(void)flush(w);
	if (!w->in_group)
		return false;
	w->in_group = false;
	w->word_ok = true;
	emit(w, t);
	while (w->at > FIRST) {
		t = &w->t[--w->at];
		emit(w, t);
		if (t->kind == RFC822_COMMA)
			break;
	}
	return true;
}

static bool
is_of_phrase(enum rfc822_kind kind)
{
	return kind == RFC822_COMMENT || kind == RFC822_ATOM ||
	       kind == RFC822_QUOTED || kind == RFC822_AT || kind == RFC822_DOT;
}

/* An address in angle brackets, and the phrase before it. */
static bool
take_right(struct walk *w, const struct rfc822_token *t)
{
	flush_comma(w);
	emit(w, t);
	while (w->at > FIRST && w->t[w->at - 1].kind != RFC822_LEFT)
		prepend(w, &w->t[--w->at]);
	hand_over(w);
	if (w->at == FIRST)
		return false;
	emit(w, &w->t[--w->at]);
	while (w->at > FIRST && is_of_phrase(w->t[w->at - 1].kind))
		emit(w, &w->t[--w->at]);
	w->word_ok = false;
	return true;
}

static void
take_word(struct walk *w, const struct rfc822_token *t)
{
	if (!w->word_ok)
		flush_comma(w);
	w->word_ok = false;
	prepend(w, t);
}

static bool
take_token(struct walk *w, const struct rfc822_token *t)
{
	switch (t->kind) {
	case RFC822_SEMICOLON:
		return take_semicolon(w, t);
	case RFC822_COLON:
		return take_colon(w, t);
	case RFC822_RIGHT:
		return take_right(w, t);
	case RFC822_ATOM:
	case RFC822_QUOTED:
	case RFC822_LITERAL:
		take_word(w, t);
		return true;
	case RFC822_COMMENT:
		emit(w, t);
		return true;
	case RFC822_COMMA:
		(void)flush(w);
		w->word_ok = true;
		emit(w, t);
		return true;
	case RFC822_AT:
	case RFC822_DOT:
	case RFC822_LEFT:
		w->word_ok = true;
		prepend(w, t);
		return true;
	}
	return false;
}

enum rfc822_status
rfc822_list_rewrite(struct rfc822_list *l, const struct rfc822_tokens *field)
{
	struct walk w = {.l = l,
	    .t = field->t,
	    .at = field->n,
	    .word_ok = true};

	rfc822_tokens_reset(&l->result);
	rfc822_tokens_reset(&l->address);
	if (field->n < FIRST)
		return RFC822_BAD;
	while (w.at > FIRST) {
		if (!take_token(&w, &field->t[--w.at]))
			return RFC822_BAD;
	}
	(void)flush(&w);
	emit(&w, &field->t[1]);
	emit(&w, &field->t[0]);
	rfc822_tokens_reverse(&l->result);
	return rfc822_tokens_ok(&l->result) ? RFC822_OK : RFC822_MEMORY;
}

void
rfc822_list_free(struct rfc822_list *l)
{
	rfc822_tokens_free(&l->result);
	rfc822_tokens_free(&l->address);
}
