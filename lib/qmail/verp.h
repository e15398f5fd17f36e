/* SPDX-License-Identifier: ISC */
#ifndef QMAIL_VERP_H
#define QMAIL_VERP_H

#include "base/span.h"
#include "base/str.h"

/* Senders that end in -@[] name each recipient when a delivery is started:
 * list-@host-@[] becomes list-box=domain@host. Specification: processes.md
 * sections 4.4 and 5. */

/* Appends the sender for one recipient; senders of any other form are appended
 * as they are. recipient: classically as it stands in local/ID or remote/ID;
 * give route_strip() of it to hide the prefix of a virtual domain. */
void verp_put(struct str *out, struct span sender, struct span recipient);

/* The sender without -@[]: who gets the bounce. Borrowed from sender. */
struct span verp_base(struct span sender);

#endif
