/* SPDX-License-Identifier: ISC */
#include "base/str.h"

#include <stdlib.h>

#include "base/size.h"

enum { STR_MIN_CAP = 64, DECIMAL_MAX = 20 };

static bool
str_reserve(struct str *s, size_t extra)
{
	size_t need, cap;
	char *p;

	if (s->failed)
		return false;
	if (!size_add(s->n, extra, &need))
		goto fail;
	if (need <= s->cap)
		return true;
	if (!size_add(need, need / 2, &cap))
		goto fail;
	if (cap < STR_MIN_CAP)
		cap = STR_MIN_CAP;
	p = realloc(s->p, cap);
	if (p == NULL)
		goto fail;
	s->p = p;
	s->cap = cap;
	return true;
fail:
	s->failed = true;
	return false;
}

void
str_put(struct str *s, struct span bytes)
{
	if (bytes.n == 0 || !str_reserve(s, bytes.n))
		return;
	memcpy(s->p + s->n, bytes.p, bytes.n);
	s->n += bytes.n;
}

void
str_putc(struct str *s, char c)
{
	str_put(s, (struct span){&c, 1});
}

void
str_put_cstr(struct str *s, const char *text)
{
	str_put(s, span_cstr(text));
}

void
str_put_pad(struct str *s, uint64_t value, unsigned width)
{
	char digits[DECIMAL_MAX];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + value % 10);
		value /= 10;
	} while (value != 0);
	while (at > 0 && sizeof(digits) - at < width)
		digits[--at] = '0';
	str_put(s, (struct span){digits + at, sizeof(digits) - at});
}

void
str_put_u64(struct str *s, uint64_t value)
{
	str_put_pad(s, value, 1);
}

void
str_put_i64(struct str *s, int64_t value)
{
	if (value < 0)
		str_putc(s, '-');
	/* 0 - x in unsigned arithmetic also fits the smallest int64_t */
	str_put_u64(s, value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
}

char *
str_room(struct str *s, size_t n)
{
	return str_reserve(s, n) ? s->p + s->n : NULL;
}

void
str_added(struct str *s, size_t n)
{
	s->n += n;
}

const char *
str_cstr(struct str *s)
{
	if (!str_reserve(s, 1))
		return NULL;
	s->p[s->n] = '\0';
	return s->p;
}

bool
str_ok(const struct str *s)
{
	return !s->failed;
}

struct span
str_span(const struct str *s)
{
	return (struct span){s->p, s->n};
}

void
str_cut(struct str *s, size_t n)
{
	if (n < s->n)
		s->n = n;
}

void
str_reset(struct str *s)
{
	s->n = 0;
	s->failed = false;
}

void
str_free(struct str *s)
{
	free(s->p);
	*s = (struct str){0};
}
