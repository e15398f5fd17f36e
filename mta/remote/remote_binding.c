/* SPDX-License-Identifier: ISC */
#include "fmt/quote.h"
#include "mta/remote/remote.h"

/* "ADDRESS" or "ADDRESS|HELO" */
static bool
parse_value(struct span value, struct ip *from, struct span *helo)
{
	size_t bar = span_find(value, '|', 0);

	*helo = span_from(value, bar + 1);
	return ip_parse(span_first(value, bar), from);
}

/* The whole sender first, then its domain and each part of that from a dot on,
 * last the empty key: the order of virtualdomains. */
bool
remote_find_binding(const struct constmap *bindings, struct span sender,
    struct ip *from, struct span *helo)
{
	struct span key = sender, value;

	if (constmap_find(bindings, key, &value))
		return parse_value(value, from, helo);
	key = span_from(sender, quote_find_at(sender) + 1);
	for (;;) {
		if (constmap_find(bindings, key, &value))
			return parse_value(value, from, helo);
		if (key.n == 0)
			return false;
		key = span_from(key, span_find(key, '.', 1));
	}
}
