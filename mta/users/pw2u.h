/* SPDX-License-Identifier: ISC */
#ifndef MTA_USERS_PW2U_H
#define MTA_USERS_PW2U_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/out.h"

/* Makes the lines of users/assign from passwd lines. Specification: local.md
 * section 2.4. */

enum pw2u_homes {
	PW2U_SKIP,   /* users whose home is missing or not theirs */
	PW2U_STOP,   /* at a missing home; skip those not theirs */
	PW2U_IGNORE, /* no check */
};

struct pw2u_options {
	enum pw2u_homes homes;
	bool upper;         /* keep names with capitals */
	bool no_extensions; /* no lines for NAME-anything */
	char break_char;
	const char *dash;
	struct hash_seed seed; /* of the tables of names */
};

/* Reads passwd lines from fd, and users/include, exclude, mailnames, subusers
 * and append below the current directory. 0, and the caller flushes out; or -1
 * with *e: what out still holds is not to be written. */
NODISCARD int pw2u_run(const struct pw2u_options *options, int fd,
    struct out *out, struct err *e);

#endif
