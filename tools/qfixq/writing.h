/* SPDX-License-Identifier: ISC */
#ifndef TOOLS_QFIXQ_WRITING_H
#define TOOLS_QFIXQ_WRITING_H

#include "qmail/repair/execute.h"
#include "tools/qfixq/job.h"

/* What all verbs that change a queue share: the locks, the run with its
 * journal, which begins with the first change, and the account at the end. */
struct writing {
	struct job *job;
	const char *verb; /* for the journal: "repair -y" */
	struct run_lock lock;
	struct run run;
	bool begun; /* there is a run */
	uint64_t fixed, held, quarantined, skipped, failed;
	bool cancelled;
	/* which groups; NULL: all */
	bool (*wants)(void *context, const struct plan_group *g);
	void *context;
};

/* Takes the locks and ends runs that were interrupted. Returns 0, or the exit
 * status after it has told why not. */
NODISCARD int writing_begin(struct writing *w, struct job *job,
    const char *verb);

/* Starts the run unless it has been. */
NODISCARD int writing_need_run(struct writing *w, struct err *e);

/* Executes the groups that are wanted. *done: how many were. */
NODISCARD int writing_execute(struct writing *w, const struct plan *p,
    uint64_t *done, struct err *e);

/* Ends the run, tells how it went and returns the exit status bits of that.
 * e: why it could not go on; NULL when it did. */
int writing_end(struct writing *w, const struct err *e);

#endif
