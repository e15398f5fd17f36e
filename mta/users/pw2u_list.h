/* SPDX-License-Identifier: ISC */
#ifndef MTA_USERS_PW2U_LIST_H
#define MTA_USERS_PW2U_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/span.h"
#include "base/str.h"

/* A list of "key" or "key:value" lines, searched by key without regard to
 * case; of several equal keys the last one counts. All zero is the list of a
 * file that does not exist. */
struct pw2u_list {
	bool present;
	struct str text; /* entries, each with a NUL behind it */
	struct pw2u_item *items;
	size_t n;
};

struct pw2u_item {
	struct span key, value;
};

/* Loads a list file below the current directory. A missing file is an absent
 * list. 0 or -1. */
NODISCARD int pw2u_list_load(struct pw2u_list *l, const char *name,
    struct err *e);

/* Makes what has been put into l->text searchable. 0 or -1. */
NODISCARD int pw2u_list_index(struct pw2u_list *l, struct err *e);

/* NULL when the key is not there. */
const struct pw2u_item *pw2u_list_find(const struct pw2u_list *l,
    struct span key);

void pw2u_list_free(struct pw2u_list *l);

#endif
