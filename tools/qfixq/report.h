/* SPDX-License-Identifier: ISC */
#ifndef TOOLS_QFIXQ_REPORT_H
#define TOOLS_QFIXQ_REPORT_H

#include "fmt/json.h"
#include "qmail/repair/check.h"
#include "qmail/repair/plan.h"
#include "tools/qfixq/job.h"

/* Shows what a check finds, in every output format. Formats for machines are
 * written as findings come; people get them sorted by class, kinds with many
 * findings in one line.
 *
 *	report_begin(&r, job);
 *	check_run(..., report_sink(&r), ...);
 *	report_end(&r, &summary, plan, status);
 */
struct report_kind;

struct report {
	struct job *job;
	struct json json;
	struct str text; /* of one finding */
	struct report_kind *kind;
	size_t kinds, cap;
	uint64_t max;
	bool color, failed;
};

void report_begin(struct report *r, struct job *job);
struct finding_sink report_sink(struct report *r);

/* plan: shown too unless NULL. status: the exit status, which is told. Releases
 * what r holds. 0, or -1 when memory ran out and findings are missing. */
NODISCARD int report_end(struct report *r, const struct check_summary *summary,
    const struct plan *plan, int status);

/* "11002987.1795166302", or "" without a message. */
void report_put_token(struct str *out, uint64_t id, int64_t birth);
/* "1 204" */
void report_put_count(struct str *out, uint64_t n);

#endif
