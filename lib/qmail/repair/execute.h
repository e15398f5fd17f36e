/* SPDX-License-Identifier: ISC */
#ifndef QMAIL_REPAIR_EXECUTE_H
#define QMAIL_REPAIR_EXECUTE_H

#include "qmail/repair/plan.h"
#include "qmail/repair/run.h"

/* Executes plans. Specification: qfixq.md section 7.2. */

struct execute_taker {
	/* which groups; NULL: all */
	bool (*wants)(void *context, const struct plan_group *g);
	/* what became of a group, with a reason unless it was done. False:
	 * stop after it */
	bool (*told)(void *context, const struct plan_group *g,
	    enum finding_status status, const char *why);
	void *context;
};

/* What a plan makes new is written to staging first, complete and with its
 * rights, so that executing is renaming. 0; -1 when the run cannot go on. */
NODISCARD int execute_plan(struct run *r, const struct plan *p,
    const struct execute_taker *taker, struct err *e);

#endif
