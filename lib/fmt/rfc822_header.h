/* SPDX-License-Identifier: ISC */
#ifndef FMT_RFC822_HEADER_H
#define FMT_RFC822_HEADER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/span.h"
#include "base/str.h"

/* Cuts the header off a message and into fields (inject.md 1.5), line by line:
 *
 *	struct rfc822_header h = {.max = RFC822_FIELD_MAX};
 *	for each line: while (rfc822_header_push(&h, line) ==
 *RFC822_HEADER_FIELD) use(str_span(&h.field)); at the end of the input, without
 *RFC822_HEADER_BODY before: if (rfc822_header_end(&h)) use(str_span(&h.field));
 */

/* What one line is, given whether a field is open before it. */
enum rfc822_line {
	RFC822_LINE_MORE,  /* continues the open field */
	RFC822_LINE_FIELD, /* begins a field */
	RFC822_LINE_MBOX,  /* "From ": begins a field of another name */
	RFC822_LINE_END,   /* empty: the header ends */
	RFC822_LINE_BODY,  /* no header line: the body begins without warning */
};

/* line: with its LF; only the last of a message may lack it. */
enum rfc822_line rfc822_line_kind(struct span line, bool field_open);

enum rfc822_event {
	RFC822_HEADER_MORE,  /* go on with the next line */
	RFC822_HEADER_FIELD, /* h->field is complete; push the line again */
	RFC822_HEADER_BODY,  /* the line is the empty one before the body */
	/* the line is the first of the body; the empty one is missing */
	RFC822_HEADER_BODY_UNMARKED,
	RFC822_HEADER_LONG, /* the field exceeds h->max */
	RFC822_HEADER_MEMORY,
};

struct rfc822_header {
	size_t max;       /* bytes of one field */
	struct str field; /* open or complete field, every line with its LF */
	bool complete;    /* field was handed out */
};

/* line: with its LF; the last line of the input may lack it and gets one. */
NODISCARD enum rfc822_event rfc822_header_push(struct rfc822_header *h,
    struct span line);

/* The input has ended. True when there is a last field in h->field. */
NODISCARD bool rfc822_header_end(struct rfc822_header *h);

void rfc822_header_free(struct rfc822_header *h);

#endif
