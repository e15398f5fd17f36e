/* SPDX-License-Identifier: ISC */
#ifndef QMAIL_ROUTE_H
#define QMAIL_ROUTE_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/span.h"
#include "base/str.h"
#include "qmail/constmap.h"
#include "qmail/control.h"

/* What becomes of a recipient when its message is preprocessed: local or
 * remote, and how it is rewritten. Specification: processes.md section 4. */

enum route_channel { ROUTE_LOCAL, ROUTE_REMOTE, ROUTE_CHANNELS /* count */ };

/* All zero is valid: no domain is local. */
struct route {
	struct str envnoathost;
	struct constmap percenthack, locals, virtualdomains;
	struct hash_seed seed;
};

/* Reads envnoathost, percenthack, locals and virtualdomains. c stays the
 * caller's: it is needed again for route_reload(). -1 with *e when one cannot
 * be read, or when locals and me are both missing; then *r is all zero. */
NODISCARD int route_load(struct route *r, const struct control *c,
    const struct hash_seed *seed, struct err *e);
void route_free(struct route *r); /* returns to all zero */

enum route_reload {
	ROUTE_RELOADED,
	ROUTE_KEPT_LOCALS,         /* control/locals could not be read */
	ROUTE_KEPT_VIRTUALDOMAINS, /* control/virtualdomains could not */
};

/* Reads locals and virtualdomains again: both are replaced or, with *e, both
 * stay as they are. */
NODISCARD enum route_reload route_reload(struct route *r,
    const struct control *c, struct err *e);

/* Appends the recipient as it will stand in local/ID or remote/ID and says
 * which of the two. Nothing is validated: any bytes pass. The answer counts
 * only if str_ok(out). */
enum route_channel route_put(const struct route *r, struct span recipient,
    struct str *out);

/* Undoes what virtualdomains did to a recipient: its last part, without
 * "prepend-", when such an entry would have put that there; else all of it.
 * For the recipients of local/ID. Borrowed from recipient. */
struct span route_strip(const struct route *r, struct span recipient);

#endif
