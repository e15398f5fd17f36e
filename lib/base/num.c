/* SPDX-License-Identifier: ISC */
#include "base/num.h"

#include "base/ascii.h"

static bool
parse_base(struct span text, unsigned base, uint64_t max, uint64_t *value)
{
	uint64_t v = 0;

	if (text.n == 0)
		return false;
	for (size_t i = 0; i < text.n; i++) {
		unsigned digit = (unsigned char)text.p[i] - (unsigned)'0';

		if (digit >= base || __builtin_mul_overflow(v, base, &v) ||
		    __builtin_add_overflow(v, digit, &v) || v > max)
			return false;
	}
	*value = v;
	return true;
}

bool
num_parse_u64(struct span text, uint64_t max, uint64_t *value)
{
	return parse_base(text, 10, max, value);
}

bool
num_parse_canonical(struct span text, uint64_t max, uint64_t *value)
{
	if (text.n > 1 && text.p[0] == '0')
		return false;
	return parse_base(text, 10, max, value);
}

bool
num_parse_octal(struct span text, uint64_t max, uint64_t *value)
{
	return parse_base(text, 8, max, value);
}

bool
num_take_u64(struct span *text, uint64_t max, uint64_t *value)
{
	size_t n = 0;

	while (n < text->n && ascii_is_digit(text->p[n]))
		n++;
	if (n == 0)
		return false;
	if (!parse_base(span_first(*text, n), 10, max, value))
		*value = max;
	*text = span_from(*text, n);
	return true;
}

uint64_t
num_isqrt(uint64_t value)
{
	uint64_t root = 0, bit = (uint64_t)1 << 62;

	while (bit > value)
		bit >>= 2;
	while (bit != 0) {
		if (value >= root + bit) {
			value -= root + bit;
			root = (root >> 1) + bit;
		} else {
			root >>= 1;
		}
		bit >>= 2;
	}
	return root;
}
