/* SPDX-License-Identifier: ISC */
#ifndef QMAIL_REPAIR_CHECK_H
#define QMAIL_REPAIR_CHECK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/span.h"
#include "qmail/repair/damage.h"
#include "qmail/repair/finding.h"
#include "qmail/repair/inventory.h"
#include "qmail/repair/plan.h"

/* One examination of a queue: walks it through all detectors of the catalogue,
 * tells a sink what they find and, when asked to, fills a plan with the repair.
 * The engine under qfixq and qtop. Never writes. */

/* Which kinds are wanted: "Q3,Q404"; a beginning stands for all of them. */
struct check_filter {
	struct span only; /* empty: all */
	struct span skip;
};
NODISCARD bool check_filter_wants(const struct check_filter *f,
    const char *damage_id);

struct check_wish {
	int64_t now;
	enum inventory_depth depth;
	struct check_filter filter;
	const uint64_t *ids; /* ascending: these messages only; NULL: all */
	size_t n_ids;
	bool live;  /* a qmail-send is running: look twice */
	bool sizes; /* a quick look before a start: no environment */
};

/* A message whose body has another number than its name. */
struct check_rename {
	uint64_t id, ino;
	int64_t birth;
};

struct check_no_mess {
	uint64_t id;
	unsigned misplaced; /* QUEUE_BIT of what lies elsewhere */
};

struct check_summary {
	struct inventory_counts counts;
	uint64_t s2, s3, s4, s5; /* messages by state */
	uint64_t found[FINDING_CLASSES];
	uint64_t unreadable; /* directories and files refused to us */
};

/* The state of a run; detectors read all of it and use only check_report() and
 * the plan to write. */
struct check {
	const struct inventory *inv;
	const struct check_wish *wish;
	struct finding_sink sink;
	struct plan *plan; /* NULL: nobody wants one */
	struct check_summary summary;
	/* what finish() functions need, in memory per anomaly */
	struct check_rename *rename; /* misnamed, see check_find_body() */
	size_t renames, rename_cap;
	struct check_no_mess *no_mess; /* sets that lack a body, ascending */
	size_t no_messes, no_mess_cap;
	uint64_t restored, scheduled; /* Q603: too old among all with info */
	int64_t newest;               /* latest mtime seen */
	bool failed;                  /* out of memory */
};

/* Runs all. plan: filled and sorted unless NULL. 0; -1 when the queue could not
 * be examined, *e says why. */
NODISCARD int check_run(const struct inventory *inv,
    const struct check_wish *wish, struct finding_sink sink, struct plan *plan,
    struct check_summary *summary, struct err *e);

/* For detectors: counts f and hands it on, if the filter wants it. True when it
 * was wanted and a plan is: then the repair is to be appended. */
bool check_report(struct check *c, const struct finding *f);

/* For finish() functions: the name of a misnamed body by its inode number; 0:
 * there is none. Not after damage_naming's, which sorts by name. */
uint64_t check_find_body(const struct check *c, uint64_t ino);

/* Exit status of a check by what was found. */
int check_exit_status(const struct check_summary *s);

#endif
