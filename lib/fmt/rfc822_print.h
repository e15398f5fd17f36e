/* SPDX-License-Identifier: ISC */
#ifndef FMT_RFC822_PRINT_H
#define FMT_RFC822_PRINT_H

#include "base/str.h"
#include "fmt/rfc822_token.h"

/* Appends a whole field, name and colon included, in qmail's one way of writing
 * it (inject.md 1.10): folded only after commas, so that joined lines have at
 * most 78 bytes, with one LF at the end. */
void rfc822_print(struct str *out, const struct rfc822_tokens *field);

#endif
