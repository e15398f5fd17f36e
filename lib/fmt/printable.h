/* SPDX-License-Identifier: ISC */
#ifndef FMT_PRINTABLE_H
#define FMT_PRINTABLE_H

#include "base/span.h"
#include "base/str.h"

/* For terminals and reports: bytes 32..126 stay, a backslash is doubled,
 * newline becomes \n, every other byte \xHH. Reversible. */
void printable_put(struct str *out, struct span bytes);

/* For log lines of qmail-send: LF becomes '/'; '%', bytes below 33 (the space
 * included) and above 126 become '_'. */
void logsafe_put(struct str *out, struct span bytes);

#endif
