/* SPDX-License-Identifier: ISC */
#ifndef BASE_ASCII_H
#define BASE_ASCII_H

#include <stdbool.h>

#include "base/span.h"

/* Byte classes of US-ASCII; no locale, any char value is allowed. */

static inline bool
ascii_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool
ascii_is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static inline bool
ascii_is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static inline char
ascii_lower(char c)
{
	return ascii_is_upper(c) ? (char)(c - 'A' + 'a') : c;
}

static inline bool
ascii_eq_nocase(struct span a, struct span b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++) {
		if (ascii_lower(a.p[i]) != ascii_lower(b.p[i]))
			return false;
	}
	return true;
}

/* s without the spaces and tabs at its end. */
static inline struct span
ascii_trim_end(struct span s)
{
	while (s.n > 0 && ascii_is_blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

#endif
