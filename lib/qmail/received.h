/* SPDX-License-Identifier: ISC */
#ifndef QMAIL_RECEIVED_H
#define QMAIL_RECEIVED_H

#include <stdint.h>

#include "base/attr.h"
#include "base/span.h"
#include "base/str.h"

/* The line that qmail-queue puts in front of every message. Specification:
 * queue.md section 2.3.
 *
 *   Received: (qmail PID invoked HOW); D Mon YYYY HH:MM:SS -0000 */

enum received_how {
	RECEIVED_BY_ALIAS,
	RECEIVED_FROM_NETWORK,
	RECEIVED_FOR_BOUNCE,
	RECEIVED_BY_UID,
	RECEIVED_HOWS /* count */
};

struct received {
	uint64_t pid;
	enum received_how how;
	uint64_t uid; /* RECEIVED_BY_UID only, else 0 */
	int64_t time; /* unix seconds */
};

enum { RECEIVED_MAX = 128 }; /* bytes of the longest line with its LF */

/* Appends the line with its LF. */
void received_put(struct str *out, const struct received *r);

enum received_status {
	RECEIVED_OK,
	RECEIVED_OTHER, /* some other line; many programs write Received */
};

/* line: without its LF. Accepts exactly what received_put() writes. */
NODISCARD enum received_status received_parse(struct span line,
    struct received *r);

#endif
