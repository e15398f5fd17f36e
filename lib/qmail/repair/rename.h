/* SPDX-License-Identifier: ISC */
#ifndef QMAIL_REPAIR_RENAME_H
#define QMAIL_REPAIR_RENAME_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "qmail/repair/check.h"

/* Messages whose names are not their inode numbers, as a graph: each wants the
 * number ino, which another misnamed message may hold at present. Every number
 * has at most one that holds it and one that wants it, so the graph consists of
 * chains and cycles. Specification: qfixq.md Q301, Q303, Q304. */
struct rename_graph {
	/* by index in c->rename, which is sorted by id */
	size_t *holder;  /* who has the wanted number; SIZE_MAX: nobody here */
	size_t *size;    /* members of the cycle it is in; 0: in a chain */
	bool *is_double; /* a second name of a file: the other one stays */
	bool *is_body;   /* body of a set with the right name: not renamed */
	bool *planned;
	size_t *stack; /* room for all */
};

/* Sorts c->rename. False without memory. */
NODISCARD bool rename_graph_make(struct rename_graph *g, struct check *c);
void rename_graph_free(struct rename_graph *g);

/* Appends the repair for member i: for a chain its own rename, last member
 * first, so that a number is free when it is wanted; for a cycle once all its
 * members together. */
void rename_plan(struct check *c, const struct rename_graph *g,
    const struct finding *f, size_t i);

#endif
