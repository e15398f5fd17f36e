/* SPDX-License-Identifier: ISC */
#ifndef FMT_SMTP_DATA_H
#define FMT_SMTP_DATA_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/span.h"
#include "base/str.h"

/* The text between DATA and its end (RFC 5321 4.5.2; smtp.md 1.10 and 2.9).
 * Inside the queue lines end in LF and dots are plain. */

/* ---- from the wire ------------------------------------------------------- */

enum smtp_decode_status {
	SMTP_DECODE_MORE,    /* all input taken, the message goes on */
	SMTP_DECODE_END,     /* CR LF . CR LF was taken */
	SMTP_DECODE_BARE_LF, /* an LF without CR: the session must end */
};

enum smtp_decode_state {
	SMTP_AT_LINE_START, /* also the very beginning */
	SMTP_IN_LINE,
	SMTP_AFTER_DOT,    /* dot at a line start */
	SMTP_AFTER_DOT_CR, /* dot, CR at a line start */
	SMTP_AFTER_CR,
};

/* All zero is the beginning of a message. */
struct smtp_decoder {
	enum smtp_decode_state state;
	/* Set by the caller: a bare LF ends a line, but is never part of the
	 * end of the message. */
	bool allow_bare_lf;
	bool has_bare_cr; /* a CR was not followed by LF, and was kept */
};

/* Decodes from the front of *in, which advances past what was used; after
 * SMTP_DECODE_END the next command begins there. Appends the text to *out. */
NODISCARD enum smtp_decode_status smtp_decode(struct smtp_decoder *d,
    struct span *in, struct str *out);

/* ---- to the wire --------------------------------------------------------- */

enum smtp_encode_state {
	SMTP_SOL, /* start of a line */
	SMTP_MID,
	SMTP_CR, /* CR seen, nothing written for it yet */
};

/* All zero is the beginning of a message. */
struct smtp_encoder {
	enum smtp_encode_state state;
};

/* Appends what goes over the wire for in. Every LF, every CR and every CR LF
 * becomes CR LF and starts a new line, so that no stored byte can end the
 * message early. */
void smtp_encode(struct smtp_encoder *c, struct span in, struct str *out);

/* Ends the last line if it is open, and the message: dot CR LF. */
void smtp_encode_end(struct smtp_encoder *c, struct str *out);

#endif
