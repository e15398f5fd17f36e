/* SPDX-License-Identifier: ISC */
#include <stddef.h>
#include <stdint.h>

#include "fmt/quote.h"
#include "qmail/route.h"
#include "qmail/verp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
take_map(struct span *in, enum constmap_kind kind, struct constmap *m)
{
	struct hash_seed seed = {{1, 2}};
	struct str entries = {0};
	struct span line;

	if (span_take_line(in, &line))
		control_parse_list(line, &entries);
	if (constmap_init(m, &entries, kind, &seed) == -1)
		__builtin_trap();
}

/* Input: four lines for envnoathost and the maps (entries separated by NUL),
 * then recipients, one in each NUL-terminated item.
 *
 * Invariants: the result has an '@'; it ends in the recipient's own domain part
 * unless percenthack cut it; a prefix that was put on can be taken off, and
 * what is left routes to the same result again; nothing grows but by a prefix
 * or envnoathost; VERP keeps what it does not change. */
static void
check(const struct route *r, struct span recipient)
{
	struct str once = {0}, twice = {0}, sender = {0};
	enum route_channel channel = route_put(r, recipient, &once);
	struct span got = str_span(&once), stripped = route_strip(r, got);

	if (quote_find_at(got) == got.n || !span_has_suffix(got, stripped))
		__builtin_trap();
	if (r->percenthack.n == 0 && quote_find_at(recipient) < recipient.n &&
	    !span_has_suffix(got, recipient))
		__builtin_trap();
	if (channel == ROUTE_REMOTE && r->percenthack.n == 0 &&
	    got.n > recipient.n + 1 + r->envnoathost.n)
		__builtin_trap();
	if (channel == ROUTE_LOCAL && stripped.n < got.n &&
	    r->percenthack.n == 0 && r->locals.n == 0) {
		if (route_put(r, stripped, &twice) != ROUTE_LOCAL)
			__builtin_trap();
		if (!span_eq(str_span(&twice), got))
			__builtin_trap();
	}
	verp_put(&sender, recipient, got);
	if (verp_base(recipient).n == recipient.n &&
	    !span_eq(str_span(&sender), recipient))
		__builtin_trap();
	str_free(&once);
	str_free(&twice);
	str_free(&sender);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = {(const char *)data, size}, line, recipient;
	struct route r = {0};

	if (!span_take_line(&in, &line))
		return 0;
	str_put(&r.envnoathost, line);
	take_map(&in, CONSTMAP_PLAIN, &r.percenthack);
	take_map(&in, CONSTMAP_PLAIN, &r.locals);
	take_map(&in, CONSTMAP_COLON, &r.virtualdomains);
	while (span_take_nul(&in, &recipient))
		check(&r, recipient);
	route_free(&r);
	return 0;
}
