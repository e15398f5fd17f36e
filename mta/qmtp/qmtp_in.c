/* SPDX-License-Identifier: ISC */
#include "mta/qmtp/qmtp_in.h"

#include "base/ascii.h"

enum qmtp_end
qmtp_read_some(struct qmtp_in *q, size_t n, struct span *bytes)
{
	if (q->is_bounded && q->left < n)
		return QMTP_BROKEN;
	switch (in_peek(&q->in, bytes)) {
	case IN_OK:
		break;
	case IN_END:
	case IN_ERROR:
		return QMTP_EOF;
	case IN_LONG:
		return QMTP_TEMPORARY;
	}
	*bytes = span_first(*bytes, n);
	in_consume(&q->in, bytes->n);
	if (q->is_bounded)
		q->left -= bytes->n;
	return QMTP_OK;
}

static enum qmtp_end
read_byte(struct qmtp_in *q, char *c)
{
	struct span byte;
	enum qmtp_end end = qmtp_read_some(q, 1, &byte);

	if (end == QMTP_OK)
		*c = byte.p[0];
	return end;
}

enum qmtp_end
qmtp_read_length(struct qmtp_in *q, size_t max, size_t *length)
{
	size_t n = 0, digits = 0;
	char c;

	for (;;) {
		enum qmtp_end end = read_byte(q, &c);

		if (end != QMTP_OK)
			return end;
		if (c == ':' && digits > 0)
			break;
		if (!ascii_is_digit(c))
			return QMTP_BROKEN;
		/* n is at most max, far from overflow */
		n = n * 10 + (size_t)(c - '0');
		if (n > max)
			return QMTP_TEMPORARY;
		digits++;
	}
	*length = n;
	return QMTP_OK;
}

enum qmtp_end
qmtp_read_comma(struct qmtp_in *q)
{
	enum qmtp_end end;
	char c;

	end = read_byte(q, &c);
	if (end == QMTP_OK && c != ',')
		return QMTP_BROKEN;
	return end;
}

enum qmtp_end
qmtp_read_address(struct qmtp_in *q, struct str *address, bool *is_good)
{
	enum qmtp_end end;
	size_t length;

	str_reset(address);
	end = qmtp_read_length(q, QMTP_LENGTH_MAX, &length);
	if (end != QMTP_OK)
		return end;
	*is_good = length <= QMTP_ADDRESS_MAX;
	while (length > 0) {
		struct span bytes;

		end = qmtp_read_some(q, length, &bytes);
		if (end != QMTP_OK)
			return end;
		length -= bytes.n;
		if (*is_good)
			str_put(address, bytes);
	}
	if (!str_ok(address))
		return QMTP_TEMPORARY;
	if (span_find(str_span(address), '\0', 0) < address->n)
		*is_good = false;
	return qmtp_read_comma(q);
}
