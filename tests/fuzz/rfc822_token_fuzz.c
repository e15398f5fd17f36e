/* SPDX-License-Identifier: ISC */
#include <stddef.h>
#include <stdint.h>

#include "fmt/rfc822_print.h"
#include "fmt/rfc822_token.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool
is_word(enum rfc822_kind kind)
{
	return kind == RFC822_ATOM || kind == RFC822_QUOTED;
}

static bool
is_same(const struct rfc822_token *a, const struct rfc822_token *b)
{
	/* an atom with a blank in it is printed bare, for compatibility */
	return (a->kind == b->kind || (is_word(a->kind) && is_word(b->kind))) &&
	       span_eq(a->text, b->text);
}

/* An atom that reads back as something else: empty, or with bytes that end an
 * atom and that printing does not escape. */
static bool
is_fragile(const struct rfc822_token *t)
{
	if (t->kind != RFC822_ATOM)
		return false;
	for (size_t i = 0; i < t->text.n; i++) {
		if (memchr(" .,@<>:;", t->text.p[i], 8) != NULL)
			return true;
	}
	return t->text.n == 0;
}

/* Invariant: what was accepted is printed so that it reads back as the same
 * tokens; printing ends in one LF and joined lines are short. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rfc822_tokens t = {0}, again = {0};
	struct str out = {0};
	bool fragile = false;

	if (rfc822_tokens_parse((struct span){(const char *)data, size}, &t) ==
	    RFC822_OK) {
		for (size_t i = 0; i < t.n; i++)
			fragile = fragile || is_fragile(&t.t[i]);
		rfc822_print(&out, &t);
		if (!span_has_suffix(str_span(&out), SPAN("\n")))
			__builtin_trap();
		if (!fragile) {
			if (rfc822_tokens_parse(str_span(&out), &again) !=
			        RFC822_OK ||
			    again.n != t.n)
				__builtin_trap();
			for (size_t i = 0; i < t.n; i++) {
				if (!is_same(&t.t[i], &again.t[i]))
					__builtin_trap();
			}
		}
	}
	rfc822_tokens_free(&t);
	rfc822_tokens_free(&again);
	str_free(&out);
	return 0;
}
