/* SPDX-License-Identifier: ISC */
#ifndef MTA_START_TREE_H
#define MTA_START_TREE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "qmail/site.h"

/* Makes the folders and the queue of an instance as the manifest says. What is
 * there already is kept; in a home of root it gets its owner and mode again,
 * installed programs included. */
struct tree {
	const struct site *site;
	int home; /* descriptor of the home */
	uint64_t split;
	bool split_todo;
};

/* 0, or -1 with *e; run again it goes on where it stopped. */
NODISCARD int tree_make(const struct tree *t, struct err *e);

/* True when the queue below home holds a message, or something that can only
 * be left of one. A queue that cannot be read counts as holding mail. */
NODISCARD bool tree_has_mail(int home);

#endif
