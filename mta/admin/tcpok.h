/* SPDX-License-Identifier: ISC */
#ifndef MTA_ADMIN_TCPOK_H
#define MTA_ADMIN_TCPOK_H

#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"

/* Forgets hosts that timed out: all of them, or those whose addresses are among
 * words (other words do not count). Specification: qtop.md part B4.
 *
 * home, queue: given by hand or NULL. 0; -1 with *e, in the words of the
 * classic program. */
NODISCARD int tcpok(const char *home, const char *queue,
    const char *const *words, size_t n, struct err *e);

#endif
