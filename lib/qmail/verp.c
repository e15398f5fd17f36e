/* SPDX-License-Identifier: ISC */
#include "qmail/verp.h"

#include "fmt/quote.h"

static const struct span mark = SPAN_INIT("-@[]");

struct span
verp_base(struct span sender)
{
	return span_has_suffix(sender, mark)
	           ? span_first(sender, sender.n - mark.n)
	           : sender;
}

void
verp_put(struct str *out, struct span sender, struct span recipient)
{
	struct span base = verp_base(sender);
	size_t base_at = quote_find_at(base), at = quote_find_at(recipient);

	if (base.n == sender.n || base_at == base.n || at == recipient.n) {
		str_put(out, sender);
		return;
	}
	str_put(out, span_first(base, base_at));
	str_put(out, span_first(recipient, at));
	str_putc(out, '=');
	str_put(out, span_from(recipient, at + 1));
	str_put(out, span_from(base, base_at));
}
