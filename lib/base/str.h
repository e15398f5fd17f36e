/* SPDX-License-Identifier: ISC */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/span.h"

/* Bytes that grow. All zero is the valid empty object. The first failure to
 * allocate latches: later appends do nothing and str_ok() is false. */
struct str {
	char *p;
	size_t n;   /* bytes in use */
	size_t cap; /* bytes allocated */
	bool failed;
};

void str_put(struct str *s, struct span bytes);
void str_putc(struct str *s, char c);
void str_put_cstr(struct str *s, const char *text);
void str_put_u64(struct str *s, uint64_t value);
void str_put_i64(struct str *s, int64_t value);
/* Decimal, padded on the left with zeros to at least width digits. */
void str_put_pad(struct str *s, uint64_t value, unsigned width);

/* Makes room for n more bytes and returns where they go, for read(2); the
 * caller then calls str_added(). NULL, and latched, without memory. */
NODISCARD char *str_room(struct str *s, size_t n);
void str_added(struct str *s, size_t n);

/* The bytes as a C string (a NUL is kept behind the last byte, not counted).
 * NULL when a failure is latched. Valid until the next append. */
NODISCARD const char *str_cstr(struct str *s);

/* True when every append since the last str_reset() succeeded. */
NODISCARD bool str_ok(const struct str *s);

struct span str_span(const struct str *s);
void str_cut(struct str *s, size_t n); /* keeps at most the first n bytes */
void str_reset(struct str *s);         /* empties, keeps the memory */
void str_free(struct str *s);          /* returns to all zero */

#endif
