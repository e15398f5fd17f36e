/* SPDX-License-Identifier: ISC */
#ifndef FMT_SMTP_REPLY_H
#define FMT_SMTP_REPLY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/span.h"
#include "base/str.h"

/* Replies of SMTP servers (RFC 5321 4.2; smtp.md 2.8), taken as they come. */

enum {
	SMTP_REPLY_TEXT_MAX = 5000,         /* bytes kept of one reply */
	SMTP_REPLY_BYTES_MAX = 1024 * 1024, /* more is no reply any more */
};

enum smtp_reply_status {
	SMTP_REPLY_MORE,   /* all input taken, the reply goes on */
	SMTP_REPLY_DONE,   /* code and text are complete */
	SMTP_REPLY_BROKEN, /* no three digits, a code above 599, or endless */
};

/* All zero is the beginning of a reply, after smtp_reply_reset() of the next
 * one. */
struct smtp_reply {
	unsigned code; /* of the last line */
	struct str
	    text;      /* the reply without CR, NUL as '?'; cut at the limit */
	size_t bytes;  /* read of it so far */
	size_t column; /* in the current line */
	unsigned digits; /* code of the current line */
	bool is_last;    /* the current line is the last one */
};

/* Takes bytes of one reply from the front of *in; what follows stays. */
NODISCARD enum smtp_reply_status smtp_reply_take(struct smtp_reply *r,
    struct span *in);
void smtp_reply_reset(struct smtp_reply *r);
void smtp_reply_free(struct smtp_reply *r);

/* True when the text of an EHLO reply names the extension: a line after the
 * first that is the keyword, alone or with parameters; any case. */
bool smtp_reply_offers(const struct smtp_reply *r, struct span keyword);

#endif
