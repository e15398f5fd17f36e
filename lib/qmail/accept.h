/* SPDX-License-Identifier: ISC */
#ifndef QMAIL_ACCEPT_H
#define QMAIL_ACCEPT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/span.h"
#include "qmail/constmap.h"
#include "qmail/control.h"

/* Which envelopes are accepted from the network: badmailfrom, rcpthosts and
 * morercpthosts.cdb. Specification: smtp.md 1.5 and 1.6. Used by the SMTP and
 * QMTP servers. */

struct accept_rules {
	struct constmap badmailfrom;
	struct constmap rcpthosts;
	bool has_rcpthosts; /* without the file everything is accepted */
	int home;           /* where morercpthosts.cdb is looked for */
};

/* Reads rcpthosts. -1 with *e when it is there and cannot be read. */
NODISCARD int accept_load(struct accept_rules *a, const struct control *c,
    const struct hash_seed *seed, struct err *e);

/* Reads badmailfrom too; SMTP only. The same failures. */
NODISCARD int accept_load_senders(struct accept_rules *a,
    const struct control *c, const struct hash_seed *seed, struct err *e);
void accept_free(struct accept_rules *a);

/* The largest message that is accepted, in bytes; 0: any. DATABYTES of the
 * environment beats control/databytes. 0 or -1. */
NODISCARD int accept_load_databytes(const struct control *c, uint64_t *bytes,
    struct err *e);

/* True when the sender is listed, by its whole address or its "@domain". */
bool accept_is_bad_sender(const struct accept_rules *a, struct span sender);

/* 1: the domain of the recipient is accepted here (a recipient without a domain
 * always is); 0: it is not; -1 with *e: morercpthosts.cdb cannot be read. */
NODISCARD int accept_is_ours(const struct accept_rules *a,
    struct span recipient, struct err *e);

#endif
