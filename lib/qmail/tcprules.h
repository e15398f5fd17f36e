/* SPDX-License-Identifier: ISC */
#ifndef QMAIL_TCPRULES_H
#define QMAIL_TCPRULES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/span.h"
#include "base/str.h"
#include "qmail/cdb_file.h"

/* Access rules of TCP services, as tcprules compiles them and tcpserver obeys
 * them. Specification: smtp.md section 6.2. What the different families of
 * these programs write is understood together: addresses of both kinds, with
 * and without brackets, prefixes that end in a dot or a colon, ranges, networks
 * with a mask. */

/* ---- who is served by which rule ------------------------------------------
 */

struct tcprules_peer {
	struct span ip;   /* as text */
	struct span host; /* .p NULL: not known */
	struct span info; /* .p NULL: not known */
};

/* How good the address of a rule is for this peer: of several rules the one
 * with the largest value applies, of equal ones the first. 0: it is not for
 * this peer at all. */
NODISCARD uint64_t tcprules_rank(struct span address,
    const struct tcprules_peer *peer);

/* ---- source lines ---------------------------------------------------------
 */

struct tcprules_line {
	struct span address;
	bool deny;
	struct span variables; /* ",VAR=qVALUEq" any number of times */
};

enum tcprules_line_status {
	TCPRULES_LINE_RULE,
	TCPRULES_LINE_COMMENT,
	TCPRULES_LINE_IGNORED, /* no colon: tcprules says nothing */
	TCPRULES_LINE_BAD,     /* tcprules refuses the whole file */
};

/* line: without its LF. */
NODISCARD enum tcprules_line_status tcprules_line_parse(struct span line,
    struct tcprules_line *l);

/* The next variable of a rule; false behind the last. */
NODISCARD bool tcprules_variable_take(struct span *variables, struct span *name,
    struct span *value);

/* The data of the record for a line. */
void tcprules_line_put_data(const struct tcprules_line *l, struct str *data);

/* ---- records --------------------------------------------------------------
 */

struct tcprules_item {
	bool is_deny;            /* else a variable: */
	struct span name, value; /* with a NUL behind value */
};

/* Takes the next item from the data of a record; items that mean nothing are
 * passed over. False behind the last. */
NODISCARD bool tcprules_item_take(struct span *data,
    struct tcprules_item *item);

/* The rule for a peer, if there is one. *key and *data borrow from the
 * database. */
NODISCARD enum cdb_file_status tcprules_find(struct cdb_file *c,
    const struct tcprules_peer *peer, struct span *key, struct span *data,
    struct err *e);

#endif
