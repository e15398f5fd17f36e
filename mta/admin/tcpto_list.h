/* SPDX-License-Identifier: ISC */
#ifndef MTA_ADMIN_TCPTO_LIST_H
#define MTA_ADMIN_TCPTO_LIST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/out.h"

/* The list of qmail-tcpto: hosts that timed out, IPv4 first. Specification:
 * qtop.md part B3.
 *
 * home, queue: given by hand or NULL. json: an object a line. 0; -1 with *e, in
 * the words of the classic program. */
NODISCARD int tcpto_list(const char *home, const char *queue, bool json,
    int64_t now, struct out *out, struct err *e);

#endif
