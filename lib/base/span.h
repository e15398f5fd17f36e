/* SPDX-License-Identifier: ISC */
#ifndef BASE_SPAN_H
#define BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* A read-only run of bytes owned by somebody else. May contain NUL; is not
 * terminated. Valid only while its owner is. */
struct span {
	const char *p;
	size_t n;
};

/* clang-format off */
/* SPAN("x") is an expression; SPAN_INIT("x") initialises a static table. Both
 * accept string literals only and keep embedded NULs. */
#define SPAN_INIT(lit) {"" lit, sizeof(lit) - 1}
#define SPAN(lit)      ((struct span)SPAN_INIT(lit))
/* clang-format on */

/* The bytes of a C string, without its NUL. NULL gives the empty span. */
static inline struct span
span_cstr(const char *text)
{
	return (struct span){text, text == NULL ? 0 : strlen(text)};
}

/* The part from index from (clamped to the end) to the end. */
static inline struct span
span_from(struct span s, size_t from)
{
	if (from > s.n)
		from = s.n;
	if (from == 0)
		return s; /* p may be NULL, and NULL + 0 is undefined */
	return (struct span){s.p + from, s.n - from};
}

static inline bool
span_eq(struct span a, struct span b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool
span_has_prefix(struct span s, struct span prefix)
{
	return s.n >= prefix.n && span_eq((struct span){s.p, prefix.n}, prefix);
}

static inline bool
span_has_suffix(struct span s, struct span suffix)
{
	return s.n >= suffix.n && span_eq(span_from(s, s.n - suffix.n), suffix);
}

/* Removes prefix from the front of *s. False, and unchanged, if not there. */
static inline bool
span_take_prefix(struct span *s, struct span prefix)
{
	if (!span_has_prefix(*s, prefix))
		return false;
	*s = span_from(*s, prefix.n);
	return true;
}

/* Index of the first c at or after from; s.n when there is none. */
static inline size_t
span_find(struct span s, char c, size_t from)
{
	const char *hit;

	if (from >= s.n)
		return s.n;
	hit = memchr(s.p + from, c, s.n - from);
	return hit == NULL ? s.n : (size_t)(hit - s.p);
}

/* Index of the last c; s.n when there is none. */
static inline size_t
span_rfind(struct span s, char c)
{
	const char *hit;

	if (s.n == 0)
		return 0;
	hit = memrchr(s.p, c, s.n);
	return hit == NULL ? s.n : (size_t)(hit - s.p);
}

/* The first n bytes (all when n is larger). */
static inline struct span
span_first(struct span s, size_t n)
{
	return (struct span){s.p, n < s.n ? n : s.n};
}

/* Takes one line, without its LF, from the front of *s. The last line needs
 * no LF. False when *s is empty. */
static inline bool
span_take_line(struct span *s, struct span *line)
{
	size_t at;

	if (s->n == 0)
		return false;
	at = span_find(*s, '\n', 0);
	*line = span_first(*s, at);
	*s = span_from(*s, at + 1);
	return true;
}

/* Takes one NUL-terminated item, without its NUL, from the front of *s. False,
 * and unchanged, when *s holds no NUL. */
static inline bool
span_take_nul(struct span *s, struct span *item)
{
	size_t at = span_find(*s, '\0', 0);

	if (at == s->n)
		return false;
	*item = span_first(*s, at);
	*s = span_from(*s, at + 1);
	return true;
}

#endif
