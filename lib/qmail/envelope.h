/* SPDX-License-Identifier: ISC */
#ifndef QMAIL_ENVELOPE_H
#define QMAIL_ENVELOPE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/span.h"

/* The envelope on descriptor 1 of qmail-queue, checked while it streams by:
 * 'F' sender NUL, then 'T' recipient NUL any number of times, then one NUL.
 * Specification: queue.md section 2.1. All zero is the valid start. */
struct envelope {
	size_t length;   /* bytes of the present record, with its letter */
	bool has_sender; /* the first record is complete */
};

enum envelope_status {
	ENVELOPE_MORE, /* all well, not yet complete */
	ENVELOPE_DONE, /* the final NUL was seen */
	ENVELOPE_BAD,  /* a record with a letter that is not allowed here */
	ENVELOPE_LONG, /* an address of more than QUEUE_ADDRESS_MAX bytes */
};

/* Looks at the next bytes. *used: how many of them are records, as they are
 * stored in the queue; on ENVELOPE_DONE without the final NUL and what follows
 * it, on ENVELOPE_MORE all. Not to be called again after another status. */
NODISCARD enum envelope_status envelope_feed(struct envelope *env,
    struct span bytes, size_t *used);

#endif
