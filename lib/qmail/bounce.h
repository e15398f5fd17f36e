/* SPDX-License-Identifier: ISC */
#ifndef QMAIL_BOUNCE_H
#define QMAIL_BOUNCE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/span.h"
#include "base/str.h"

/* Failure notices: the paragraphs of bounce/ID and the message made of them.
 * Specification: processes.md section 5, queue.md section 2.6. */

/* Who gets the notice of a message that could not be delivered. */
enum bounce_kind {
	BOUNCE_SINGLE, /* its sender; the notice has the empty sender */
	BOUNCE_DOUBLE, /* it was a notice itself: the postmaster, from #@[] */
	BOUNCE_TRIPLE, /* it was a double bounce: nobody */
};

/* base: the envelope sender without -@[], see verp_base(). */
enum bounce_kind bounce_kind(struct span base);

/* Envelope sender of a notice of this kind. Not for BOUNCE_TRIPLE. */
struct span bounce_sender(enum bounce_kind kind);

/* ---- paragraphs ---------------------------------------------------------- */

enum {
	BOUNCE_REPORT_MAX = 3000,      /* bytes kept of one report */
	BOUNCE_FILE_MAX = 1024 * 1024, /* no more paragraphs above this */
};

/* Appends "<recipient>:", the report and an empty line. LF in the recipient
 * becomes '_'; empty lines in the report get a '/', so that the paragraph ends
 * where it should; what exceeds BOUNCE_REPORT_MAX is left out, and said so.
 * last: a line of ours behind the report, without LF, or empty. */
void bounce_paragraph_put(struct str *out, struct span recipient,
    struct span report, struct span last);

enum bounce_status {
	BOUNCE_OK,
	BOUNCE_END, /* nothing left but empty lines */
	BOUNCE_BAD, /* no paragraph of this form */
};

/* Takes one paragraph from the front of *in. recipient as it stands in the
 * file; text: lines with their LF. Also accepts what other daemons leave: more
 * empty lines, a last paragraph without one. */
NODISCARD enum bounce_status bounce_paragraph_take(struct span *in,
    struct span *recipient, struct span *text);

/* When bounce/ID is full, the last paragraph ends with a line that counts the
 * recipients left out. It has a fixed length, so it is updated in place. */
enum { BOUNCE_OMITTED_BYTES = 60 };
void bounce_omitted_put(struct str *out, uint64_t count);
/* tail: the last BOUNCE_OMITTED_BYTES of the file. */
NODISCARD bool bounce_omitted_parse(struct span tail, uint64_t *count);

/* ---- the message --------------------------------------------------------- */

struct bounce_letter {
	enum bounce_kind kind;
	int64_t date;                    /* unix seconds */
	struct span from_box, from_host; /* bouncefrom, bouncehost */
	struct span to;                  /* raw mailbox */
	struct span return_path;         /* base sender of the original */
};

/* What stands before the paragraphs: header and first words. */
void bounce_head_put(struct str *out, const struct bounce_letter *letter);

/* What stands between the paragraphs and the copy of the original. */
void bounce_break_put(struct str *out, const struct bounce_letter *letter);

/* The line behind a copy that was cut short, with the LF before it. */
void bounce_cut_put(struct str *out);

#endif
