/* SPDX-License-Identifier: ISC */
#ifndef FMT_RFC822_LIST_H
#define FMT_RFC822_LIST_H

#include "base/attr.h"
#include "fmt/rfc822_token.h"

/* Takes one field with addresses apart, rewrites each and puts the field
 * together again. The walk goes from right to left, as inject.md 1.8 lays
 * down, so the last address is found first. */
struct rfc822_list {
	/* Called with each address, which may change it; what it appends must
	 * outlive the list's next use. An address in angle brackets may be
	 * empty. */
	void (*found)(void *context, struct rfc822_tokens *address);
	void *context;

	struct rfc822_tokens result;  /* the field, rewritten */
	struct rfc822_tokens address; /* scratch */
};

/* field: the tokens of a whole field: name, colon, contents. Fills l->result,
 * which borrows their texts. On RFC822_BAD the addresses right of the trouble
 * have been reported all the same. */
NODISCARD enum rfc822_status rfc822_list_rewrite(struct rfc822_list *l,
    const struct rfc822_tokens *field);

void rfc822_list_free(struct rfc822_list *l);

#endif
