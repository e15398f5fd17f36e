/* SPDX-License-Identifier: ISC */
#include "fmt/rfc822_address.h"

#include "fmt/quote.h"

void
rfc822_completion_free(struct rfc822_completion *c)
{
	rfc822_tokens_free(&c->host);
	rfc822_tokens_free(&c->domain);
	rfc822_tokens_free(&c->plus);
}

static bool
ends_with(const struct rfc822_tokens *a, enum rfc822_kind kind)
{
	return a->n > 0 && a->t[a->n - 1].kind == kind;
}

/* "x@[]", the form of qmail's own special senders. */
static bool
has_empty_literal_host(const struct rfc822_tokens *a)
{
	return a->n > 1 && ends_with(a, RFC822_LITERAL) &&
	       a->t[a->n - 1].text.n == 0 && a->t[a->n - 2].kind == RFC822_AT;
}

static void
remove_route(struct rfc822_tokens *a)
{
	if (a->t[0].kind == RFC822_AT)
		rfc822_tokens_drop(a, rfc822_tokens_find(a, RFC822_COLON) + 1);
}

static void
remove_last_if(struct rfc822_tokens *a, enum rfc822_kind kind)
{
	if (ends_with(a, kind))
		a->n--;
}

static void
complete_plus(struct rfc822_tokens *a, const struct rfc822_tokens *plus)
{
	struct rfc822_token *last = &a->t[a->n - 1];

	if (last->kind != RFC822_ATOM ||
	    !span_has_suffix(last->text, SPAN("+")))
		return;
	last->text.n--;
	rfc822_tokens_put_all(a, plus);
}

static void
complete_domain(struct rfc822_tokens *a, const struct rfc822_tokens *domain)
{
	for (size_t i = a->n; i > 0; i--) {
		enum rfc822_kind kind = a->t[i - 1].kind;

		if (kind == RFC822_DOT || kind == RFC822_LITERAL)
			return;
		if (kind == RFC822_AT)
			break;
	}
	rfc822_tokens_put_all(a, domain);
}

void
rfc822_address_complete(struct rfc822_tokens *a,
    const struct rfc822_completion *c)
{
	if (a->n == 0 || has_empty_literal_host(a))
		return;
	remove_route(a);
	remove_last_if(a, RFC822_DOT);
	remove_last_if(a, RFC822_AT);
	if (a->n == 0)
		return;
	if (rfc822_tokens_find(a, RFC822_AT) == a->n)
		rfc822_tokens_put_all(a, &c->host);
	complete_plus(a, &c->plus);
	complete_domain(a, &c->domain);
}

static void
put_raw_token(struct str *out, const struct rfc822_token *t)
{
	switch (t->kind) {
	case RFC822_ATOM:
	case RFC822_QUOTED:
		str_put(out, t->text);
		return;
	case RFC822_LITERAL:
		str_putc(out, '[');
		str_put(out, t->text);
		str_putc(out, ']');
		return;
	case RFC822_COMMENT:
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

void
rfc822_address_put_raw(struct str *out, const struct rfc822_tokens *a)
{
	size_t start = out->n;

	for (size_t i = 0; i < a->n; i++)
		put_raw_token(out, &a->t[i]);
	if (str_ok(out))
		str_cut(out, span_find(str_span(out), '\0', start));
}

enum rfc822_status
rfc822_address_parse_raw(struct span mailbox, struct rfc822_tokens *a)
{
	enum rfc822_status status = RFC822_MEMORY;
	struct str quoted = {0};

	quote_put_mailbox(&quoted, mailbox);
	if (str_ok(&quoted))
		status = rfc822_tokens_parse(str_span(&quoted), a);
	str_free(&quoted);
	return status;
}
