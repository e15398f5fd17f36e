/* SPDX-License-Identifier: ISC */
#ifndef MTA_QMTP_QMTP_IN_H
#define MTA_QMTP_QMTP_IN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/in.h"
#include "base/str.h"

/* Netstrings of any size from a client, read as they come. Specification:
 * smtp.md section 4. */

enum {
	QMTP_LENGTH_MAX = 200000000, /* of any netstring */
	QMTP_ADDRESS_MAX = 999,      /* bytes of an address */
	QMTP_SESSION_S = 3600,
};

/* How reading ends, and the exit status each stands for. */
enum qmtp_end {
	QMTP_OK = -1,
	QMTP_EOF = 0,         /* the client left; nothing was queued */
	QMTP_BROKEN = 100,    /* not the protocol */
	QMTP_TEMPORARY = 111, /* too long, or no memory */
};

struct qmtp_in {
	struct in in;
	/* inside an outer netstring: how much of it is left */
	bool is_bounded;
	size_t left;
};

/* "123:", at most max. */
NODISCARD enum qmtp_end qmtp_read_length(struct qmtp_in *q, size_t max,
    size_t *length);

/* What is there of the next n bytes: at least one, borrowed until the next
 * call, and consumed. */
NODISCARD enum qmtp_end qmtp_read_some(struct qmtp_in *q, size_t n,
    struct span *bytes);

/* The end of a netstring; anything else is QMTP_BROKEN. */
NODISCARD enum qmtp_end qmtp_read_comma(struct qmtp_in *q);

/* A whole netstring that is an address, put into *address. *is_good is false
 * when it is too long or holds a NUL; it is read all the same. */
NODISCARD enum qmtp_end qmtp_read_address(struct qmtp_in *q,
    struct str *address, bool *is_good);

#endif
