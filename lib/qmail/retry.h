/* SPDX-License-Identifier: ISC */
#ifndef QMAIL_RETRY_H
#define QMAIL_RETRY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"

/* When a message is tried again. Specification: processes.md section 3.2. All
 * times are unix seconds; birth is the mtime of info/ID. */

enum {
	RETRY_SKIP_LOCAL = 10,
	RETRY_SKIP_REMOTE = 20,
	RETRY_LIFETIME = 604800, /* default of control/queuelifetime */
};

/* The attempt after the one made now: birth + (root(age) + skip)^2, the root
 * rounded down. A birth in the future counts as age 0. */
NODISCARD int64_t retry_next(int64_t birth, int64_t now, unsigned skip);

/* When a message is tried next if its attempts came as planned since birth and
 * now lies between two of them: the first birth + (k * skip)^2 after now. An
 * estimate for those who look at a queue from outside. */
NODISCARD int64_t retry_estimate(int64_t birth, int64_t now, unsigned skip);

/* True when a deferral of an attempt made now is to be a failure. */
NODISCARD bool retry_is_dying(int64_t birth, int64_t now, int64_t lifetime);

#endif
