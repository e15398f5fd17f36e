/* SPDX-License-Identifier: ISC */
#ifndef QMAIL_REPAIR_RECOVER_H
#define QMAIL_REPAIR_RECOVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"

/* Ends runs that were interrupted: a group that was begun is finished, or taken
 * back where that is impossible; one that was not begun is left. Interrupted
 * itself, it can be repeated. Specification: qfixq.md section 7.4. */

struct recover_count {
	uint64_t runs, finished, taken_back, untouched;
	uint64_t stuck; /* neither: things are not where any step puts them */
};

/* Appends the names of all runs, each with a NUL, oldest first. A queue without
 * the private folder has none. */
NODISCARD int recover_list_runs(int queue_dir, struct str *names,
    struct err *e);

/* True when a run is to be finished. */
NODISCARD bool recover_is_needed(int queue_dir);

/* Both locks are held by the caller. */
NODISCARD int recover_all(int queue_dir, struct recover_count *count,
    struct err *e);

#endif
