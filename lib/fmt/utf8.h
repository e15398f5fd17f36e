/* SPDX-License-Identifier: ISC */
#ifndef FMT_UTF8_H
#define FMT_UTF8_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/span.h"

/* Takes one character from the front of *in (RFC 3629: no overlong forms, no
 * surrogates, nothing above U+10FFFF). False, and unchanged, when *in is empty
 * or does not begin with a whole valid character. */
NODISCARD bool utf8_take(struct span *in, uint32_t *code);

/* True when all of s is valid. */
NODISCARD bool utf8_is_valid(struct span s);

#endif
