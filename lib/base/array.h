/* SPDX-License-Identifier: ISC */
#ifndef BASE_ARRAY_H
#define BASE_ARRAY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"

/* Makes room for at least need items of item bytes in *items, doubling.
 * items: address of a pointer from malloc or NULL; cap: items allocated.
 * False, and nothing changed, without memory (errno ENOMEM). */
NODISCARD bool array_grow(void *items, size_t *cap, size_t need, size_t item);

#endif
