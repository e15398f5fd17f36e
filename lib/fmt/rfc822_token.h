/* SPDX-License-Identifier: ISC */
#ifndef FMT_RFC822_TOKEN_H
#define FMT_RFC822_TOKEN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/span.h"
#include "base/str.h"

/* Words and punctuation of structured header fields (RFC 822 3.3, with the
 * liberties of inject.md 1.7). */

enum {
	/* Default limit of one header field. Tokens need up to 24 times as
	 * much memory, so who reads strangers' mail takes a smaller one. */
	RFC822_FIELD_MAX = 4 * 1024 * 1024,
};

enum rfc822_status {
	RFC822_OK,
	RFC822_BAD,    /* not of the grammar */
	RFC822_MEMORY, /* no memory */
};

enum rfc822_kind {
	RFC822_ATOM = 'a',
	RFC822_QUOTED = '"',
	RFC822_LITERAL = '[',
	RFC822_COMMENT = '(',
	/* these have no text */
	RFC822_DOT = '.',
	RFC822_COMMA = ',',
	RFC822_AT = '@',
	RFC822_LEFT = '<',
	RFC822_RIGHT = '>',
	RFC822_COLON = ':',
	RFC822_SEMICOLON = ';',
};

struct rfc822_token {
	enum rfc822_kind kind;
	struct span text; /* without delimiters and escapes */
};

/* A sequence of tokens. All zero is the valid empty one. Failure to allocate
 * latches until the next reset. */
struct rfc822_tokens {
	struct rfc822_token *t;
	size_t n, cap;
	bool failed;
	struct str text; /* bytes of the tokens that the parser made */
};

/* Replaces *out by the tokens of text; they borrow nothing from it. On
 * RFC822_BAD *out is unusable but for reset and free. */
NODISCARD enum rfc822_status rfc822_tokens_parse(struct span text,
    struct rfc822_tokens *out);

/* Appends one token; text stays the caller's. */
void rfc822_tokens_put(struct rfc822_tokens *out, enum rfc822_kind kind,
    struct span text);

/* Appends the tokens of more, whose texts must outlive *out. */
void rfc822_tokens_put_all(struct rfc822_tokens *out,
    const struct rfc822_tokens *more);

/* Removes the first n tokens. */
void rfc822_tokens_drop(struct rfc822_tokens *out, size_t n);

/* The last token becomes the first. */
void rfc822_tokens_reverse(struct rfc822_tokens *out);

/* Index of the first, or last, token of that kind; n when there is none. */
size_t rfc822_tokens_find(const struct rfc822_tokens *t, enum rfc822_kind kind);
size_t rfc822_tokens_rfind(const struct rfc822_tokens *t,
    enum rfc822_kind kind);

/* True when no append since the last reset failed. */
NODISCARD bool rfc822_tokens_ok(const struct rfc822_tokens *t);

void rfc822_tokens_reset(struct rfc822_tokens *t); /* keeps the memory */
void rfc822_tokens_free(struct rfc822_tokens *t);  /* returns to all zero */

#endif
