/* SPDX-License-Identifier: ISC */
#ifndef MTA_SMTPD_SMTPD_HEADER_H
#define MTA_SMTPD_SMTPD_HEADER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"
#include "base/str.h"

/* Looks at the header of a message as it passes: counts hops (smtp.md 1.11) and
 * remembers the Message-ID for the log. Memory is bounded whatever comes. All
 * zero is the beginning of a message. */
struct smtpd_header {
	uint32_t hops;
	bool is_over;    /* the empty line has passed */
	struct str line; /* start of the current line */
	size_t length;   /* bytes of the current line so far */
	struct str message_id;
};

/* text: the next bytes of the message, lines ending in LF, cut anywhere. */
void smtpd_header_scan(struct smtpd_header *h, struct span text);

/* Without its angle brackets; empty when there was none. */
struct span smtpd_header_message_id(const struct smtpd_header *h);
void smtpd_header_free(struct smtpd_header *h);

#endif
