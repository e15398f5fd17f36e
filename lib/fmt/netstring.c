/* SPDX-License-Identifier: ISC */
#include "fmt/netstring.h"

#include <stdbool.h>

#include "base/size.h"

static bool
digit_value(char c, size_t *value)
{
	if (c < '0' || c > '9')
		return false;
	*value = (size_t)(c - '0');
	return true;
}

enum netstring_status
netstring_take_length(struct span *in, size_t max, size_t *length)
{
	size_t len = 0, i = 0, digit;

	while (i < in->n && digit_value(in->p[i], &digit)) {
		if (!size_mul(len, 10, &len) || !size_add(len, digit, &len) ||
		    len > max)
			return NETSTRING_LONG;
		i++;
	}
	if (i == in->n)
		return NETSTRING_MORE;
	if (i == 0 || in->p[i] != ':')
		return NETSTRING_BAD;
	*in = span_from(*in, i + 1);
	*length = len;
	return NETSTRING_OK;
}

enum netstring_status
netstring_take(struct span *in, size_t max, struct span *out)
{
	struct span rest = *in;
	enum netstring_status status;
	size_t len;

	status = netstring_take_length(&rest, max, &len);
	if (status != NETSTRING_OK)
		return status;
	if (rest.n <= len)
		return NETSTRING_MORE;
	if (rest.p[len] != ',')
		return NETSTRING_BAD;
	*out = span_first(rest, len);
	*in = span_from(rest, len + 1);
	return NETSTRING_OK;
}

void
netstring_put(struct str *out, struct span payload)
{
	str_put_u64(out, payload.n);
	str_putc(out, ':');
	str_put(out, payload);
	str_putc(out, ',');
}
