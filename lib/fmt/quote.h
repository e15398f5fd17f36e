/* SPDX-License-Identifier: ISC */
#ifndef FMT_QUOTE_H
#define FMT_QUOTE_H

#include <stdbool.h>

#include "base/span.h"
#include "base/str.h"

/* Mailboxes as they are written in headers, Return-Path lines, bounces and SMTP
 * envelopes (RFC 5321 4.1.2; inject.md 1.12). Raw mailboxes, as in queue
 * files, have no quotes. */

/* Index of the last '@'; mailbox.n when there is none. Everything before it is
 * the local part, whatever bytes it holds. */
size_t quote_find_at(struct span mailbox);

/* True when the local part cannot be written as a dot-atom. */
bool quote_is_needed(struct span local);

/* Appends local, between quotes and escaped if quote_is_needed(). */
void quote_put_local(struct str *out, struct span local);

/* Appends a raw mailbox with its local part quoted if needed. An empty mailbox
 * stays empty. */
void quote_put_mailbox(struct str *out, struct span mailbox);

#endif
