/* SPDX-License-Identifier: ISC */
#ifndef MTA_ADMIN_QSTAT_H
#define MTA_ADMIN_QSTAT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/out.h"
#include "qmail/queue_path.h"

/* The counts of qmail-qstat. Specification: qtop.md part B2. */
struct qstat_counts {
	uint64_t files[QUEUE_KINDS]; /* regular files of each tree */
	uint64_t pid;                /* files in pid/ */
	unsigned unseen; /* QUEUE_BIT of trees not counted in full */
	bool pid_unseen;
};

/* all: also what is not in mess and todo. -1 with the first directory that
 * could not be read in *e; the rest is counted all the same. */
NODISCARD int qstat_count(int queue_dir, bool all, struct qstat_counts *counts,
    struct err *e);

/* The classic lines, or one JSON object; all as it was for qstat_count(). */
void qstat_put_text(struct out *out, const struct qstat_counts *counts,
    bool all);
void qstat_put_json(struct out *out, const struct qstat_counts *counts,
    bool all);

#endif
