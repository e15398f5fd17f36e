/* SPDX-License-Identifier: ISC */
#ifndef FMT_MBOX_H
#define FMT_MBOX_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/span.h"
#include "base/str.h"

/* The mbox format, variant mboxrd. Specification: local.md sections 1.4, 1.10
 * and 3.
 *
 *   a message   From_ line, lines quoted, an empty line
 *   quoted      any number of ">", then "From ": one more ">" in front */

/* "From SENDER Www Mmm DD HH:MM:SS YYYY" LF. Blanks and LF in sender become
 * "-"; an empty sender is MAILER-DAEMON. t: unix seconds. */
void mbox_put_from(struct str *out, struct span sender, int64_t t);

/* Quotes a message of any size, however it is cut into blocks. All zero is the
 * start of a message. */
struct mbox_quoter {
	bool inside;   /* the current line is decided */
	bool open;     /* bytes since the last LF */
	unsigned held; /* bytes of "From " at the end of the last block */
};

/* Takes bytes from the front of *in and sets *piece to what is to be written
 * for them: bytes of *in or constants. False when *in is used up. A few bytes
 * may be held back for the next block or mbox_quote_end(). */
NODISCARD bool mbox_quote_next(struct mbox_quoter *q, struct span *in,
    struct span *piece);

/* What ends the message: bytes held back, the LF that its last line lacks, the
 * empty line. */
void mbox_quote_end(struct mbox_quoter *q, struct str *out);

#endif
