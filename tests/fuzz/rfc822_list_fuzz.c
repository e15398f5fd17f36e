/* SPDX-License-Identifier: ISC */
#include <stddef.h>
#include <stdint.h>

#include "fmt/rfc822_address.h"
#include "fmt/rfc822_list.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct seen {
	const struct rfc822_completion *completion;
	size_t tokens; /* of all addresses, after completion */
	size_t before;
};

static void
found(void *context, struct rfc822_tokens *address)
{
	struct seen *seen = context;
	struct str raw = {0};

	seen->before += address->n;
	rfc822_address_complete(address, seen->completion);
	seen->tokens += address->n;
	rfc822_address_put_raw(&raw, address);
	if (span_find(str_span(&raw), '\0', 0) != raw.n)
		__builtin_trap();
	str_free(&raw);
}

/* Commas that the walk itself added between two addresses. */
static size_t
count_commas(const struct rfc822_tokens *t)
{
	size_t n = 0;

	for (size_t i = 0; i < t->n; i++)
		n += t->t[i].kind == RFC822_COMMA;
	return n;
}

/* Invariant: rewriting a list loses no token and invents none but the commas
 * between two addresses and what completion adds; no raw mailbox holds NUL. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rfc822_completion completion = {0};
	struct seen seen = {.completion = &completion};
	struct rfc822_list l = {.found = found, .context = &seen};
	struct rfc822_tokens t = {0};
	size_t commas;

	if (rfc822_tokens_parse(SPAN("@h+"), &completion.host) != RFC822_OK ||
	    rfc822_tokens_parse(SPAN(".d"), &completion.domain) != RFC822_OK ||
	    rfc822_tokens_parse(SPAN(".p"), &completion.plus) != RFC822_OK)
		__builtin_trap();
	if (rfc822_tokens_parse((struct span){(const char *)data, size}, &t) ==
	        RFC822_OK &&
	    rfc822_list_rewrite(&l, &t) == RFC822_OK) {
		commas = count_commas(&l.result);
		if (l.result.n < t.n - seen.before + seen.tokens ||
		    l.result.n - commas > t.n - seen.before + seen.tokens)
			__builtin_trap();
	}
	rfc822_list_free(&l);
	rfc822_tokens_free(&t);
	rfc822_completion_free(&completion);
	return 0;
}
