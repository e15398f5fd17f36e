/* SPDX-License-Identifier: ISC */
#ifndef QMAIL_REPAIR_UNDO_H
#define QMAIL_REPAIR_UNDO_H

#include "qmail/repair/run.h"

/* Takes a complete run back, the last group first, as a run of its own. What
 * was changed since, as its inode tells, is left, and with it every earlier
 * group about the same thing. Specification: qfixq.md section 7.4. */

struct undo_wish {
	const char *run;
	uint64_t id; /* this message only; 0: all */
};

struct undo_taker {
	void (*told)(void *context, struct span what, uint64_t id,
	    enum finding_status status, const char *why);
	void *context;
};

NODISCARD int undo_run(struct run *r, const struct undo_wish *wish,
    const struct undo_taker *taker, struct err *e);

#endif
