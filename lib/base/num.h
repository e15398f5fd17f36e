/* SPDX-License-Identifier: ISC */
#ifndef BASE_NUM_H
#define BASE_NUM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/span.h"

/* The whole span as an unsigned decimal: at least one digit, no sign, no
 * blanks, at most max. False, and *value unchanged, otherwise. Leading zeros
 * are accepted; use num_parse_canonical() where a name must be unique. */
NODISCARD bool num_parse_u64(struct span text, uint64_t max, uint64_t *value);

/* As num_parse_u64(), but only the one canonical spelling: no leading zero
 * except "0" itself. */
NODISCARD bool num_parse_canonical(struct span text, uint64_t max,
    uint64_t *value);

/* Takes the longest run of leading digits from *text. False, and unchanged,
 * without a digit; a value above max becomes max. */
NODISCARD bool num_take_u64(struct span *text, uint64_t max, uint64_t *value);

/* An octal number, as file modes are written. Rules of num_parse_u64(). */
NODISCARD bool num_parse_octal(struct span text, uint64_t max, uint64_t *value);

static inline uint32_t
num_load_le32(const unsigned char *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
	       (uint32_t)p[3] << 24;
}

static inline void
num_store_le32(unsigned char *p, uint32_t value)
{
	for (unsigned i = 0; i < 4; i++)
		p[i] = (unsigned char)(value >> (8 * i) & 0xff);
}

/* Largest r with r * r <= value: the square root of qmail's retry schedule. */
NODISCARD uint64_t num_isqrt(uint64_t value);

#endif
