/* SPDX-License-Identifier: ISC */
#ifndef QMAIL_RCPTCHECK_H
#define QMAIL_RCPTCHECK_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/span.h"
#include "base/str.h"
#include "qmail/control.h"
#include "qmail/dotqmail.h"
#include "qmail/route.h"
#include "qmail/site.h"
#include "qmail/users.h"

/* Would a recipient be delivered, judged by the rules of delivery themselves:
 * rewriting, users/cdb, qmail-getpw (as a program: administrators replace it),
 * .qmail files. Nothing is delivered, and no privilege is needed: what the
 * caller may not see is left undecided. Specification: smtp.md section 9.8. */

struct rcptcheck {
	const struct site *site; /* borrowed; the home is the current directory
	                          */
	struct route route;
};

/* Reads the control files of routing. 0; -1 with *e and nothing to free. */
NODISCARD int rcptcheck_load(struct rcptcheck *c, const struct site *site,
    const struct control *control, const struct hash_seed *seed, struct err *e);
void rcptcheck_free(struct rcptcheck *c);

enum rcptcheck_verdict {
	RCPTCHECK_KNOWN,
	RCPTCHECK_UNKNOWN, /* a delivery would surely bounce: 5.1.1 */
	RCPTCHECK_REMOTE,  /* not delivered here */
	RCPTCHECK_UNDECIDED,
};

/* How a verdict came about, as far as it went; for those who explain. All zero
 * before the first call; rcptcheck_found_free() after the last. */
struct rcptcheck_found {
	struct str rewritten;    /* as in local/ID or remote/ID */
	bool is_in_cdb;          /* else qmail-getpw was asked */
	struct str entry;        /* the six fields; user borrows from it */
	struct users_entry user; /* .user.p NULL: it did not get that far */
	struct str file; /* .qmail file; empty: the default delivery, or none */
	struct err why;  /* of RCPTCHECK_UNDECIDED */
};

NODISCARD enum rcptcheck_verdict rcptcheck_find(const struct rcptcheck *c,
    struct span recipient, struct rcptcheck_found *f);
void rcptcheck_found_free(struct rcptcheck_found *f);

#endif
