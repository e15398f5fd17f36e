/* SPDX-License-Identifier: ISC */
#ifndef FMT_NETSTRING_H
#define FMT_NETSTRING_H

#include <stdint.h>

#include "base/attr.h"
#include "base/span.h"
#include "base/str.h"

/* Netstrings: decimal length, colon, bytes, comma. QMTP and QMQP are made of
 * them (smtp.md section 4). */

enum netstring_status {
	NETSTRING_OK,
	NETSTRING_MORE, /* input ends inside the netstring; not an error yet */
	NETSTRING_BAD,  /* no continuation can make it valid */
	NETSTRING_LONG, /* announced length exceeds the caller's limit */
};

/* Takes one netstring from the front of *in.
 *
 * in:   advanced past the closing comma on NETSTRING_OK, otherwise unchanged.
 * max:  largest payload accepted, in bytes.
 * out:  payload, pointing into *in; set on NETSTRING_OK only.
 */
NODISCARD enum netstring_status netstring_take(struct span *in, size_t max,
    struct span *out);

/* Takes only the length and the colon, for payloads that are streamed. */
NODISCARD enum netstring_status netstring_take_length(struct span *in,
    size_t max, size_t *length);

/* Appends payload as one netstring. */
void netstring_put(struct str *out, struct span payload);

#endif
