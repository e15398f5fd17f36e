/* SPDX-License-Identifier: ISC */
#ifndef FMT_RFC822_ADDRESS_H
#define FMT_RFC822_ADDRESS_H

#include "base/attr.h"
#include "base/span.h"
#include "base/str.h"
#include "fmt/rfc822_token.h"

/* One address, as tokens: completing it (inject.md 1.9) and turning it into the
 * raw mailbox of an envelope and back. */

/* What is appended to incomplete addresses. */
struct rfc822_completion {
	struct rfc822_tokens host;   /* "@" defaulthost */
	struct rfc822_tokens domain; /* "." defaultdomain */
	struct rfc822_tokens plus;   /* "." plusdomain */
};

void rfc822_completion_free(struct rfc822_completion *c);

/* Removes a source route and dots at the end, appends what is missing. *a then
 * borrows the texts of *c. */
void rfc822_address_complete(struct rfc822_tokens *a,
    const struct rfc822_completion *c);

/* Appends the raw mailbox: no quotes, escapes and comments. It ends before the
 * first NUL, which no envelope can hold. */
void rfc822_address_put_raw(struct str *out, const struct rfc822_tokens *a);

/* A raw mailbox as tokens. RFC822_BAD only for what stands behind its '@'. */
NODISCARD enum rfc822_status rfc822_address_parse_raw(struct span mailbox,
    struct rfc822_tokens *a);

#endif
