/* SPDX-License-Identifier: ISC */
#ifndef FMT_TRACE_H
#define FMT_TRACE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/span.h"
#include "base/str.h"

/* Header lines that a delivery puts in front of a message, and the search for
 * them. Specification: local.md sections 1.3 and 1.4. */

/* "Return-Path: <SENDER>" LF, the sender quoted; LF in it becomes "_". */
void trace_put_return_path(struct str *out, struct span sender);

/* "Delivered-To: LOCAL@DOMAIN" LF; LF in them becomes "_". */
void trace_put_delivered_to(struct str *out, struct span local,
    struct span domain);

/* Looks for one line among the header lines of a message of any size, in
 * memory that does not grow. */
struct trace_search {
	struct span line; /* wanted, with its LF; borrowed */
	size_t length;    /* bytes of the current line that are as wanted */
	bool differs;     /* the current line is another one */
};

enum trace_result {
	TRACE_MORE,   /* undecided: feed the next block */
	TRACE_FOUND,  /* a whole line of the header is the wanted one */
	TRACE_ABSENT, /* the header is over */
};

/* line: at least two bytes, the last one LF. */
struct trace_search trace_search_init(struct span line);

/* A line that the message ends in without LF is no line: at the end of the
 * message TRACE_MORE means absent. */
NODISCARD enum trace_result trace_search_feed(struct trace_search *s,
    struct span block);

#endif
