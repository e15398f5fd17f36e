/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <unistd.h>

#include "tools/qfixq/ids.h"
#include "tools/qfixq/report.h"
#include "tools/qfixq/verb.h"

static enum inventory_depth
find_depth(const struct job *job)
{
	if (options_has(job->o, JOB_BODIES))
		return INVENTORY_BODIES;
	if (options_has(job->o, JOB_DEEP))
		return INVENTORY_DEEP;
	return options_has(job->o, JOB_NAMES) ? INVENTORY_NAMES
	                                      : INVENTORY_STAT;
}

static struct span
text_of(const struct job *job, int option)
{
	const char *text = options_text(job->o, option);

	return text == NULL ? (struct span){0} : span_cstr(text);
}

static int
check(struct job *job, const struct check_wish *wish, struct plan *plan)
{
	struct check_summary summary = {0};
	struct report report;
	struct err e;
	int rc, status;

	report_begin(&report, job);
	rc = check_run(&job->inv, wish, report_sink(&report), plan, &summary,
	    &e);
	status = check_exit_status(&summary);
	if (!job->inv.is_queue)
		status |= FINDING_EXIT_TROUBLE;
	if (rc == -1)
		status = FINDING_EXIT_TROUBLE;
	if (report_end(&report, &summary, plan, status) == -1 && rc == 0)
		rc = err_set(&e, ERR_SYS, "out of memory");
	return rc == -1 ? job_trouble(&e) : status;
}

static int
run(struct job *job)
{
	struct plan plan = {0};
	struct ids ids = {0};
	struct check_wish wish = {
	    .now = job->now,
	    .depth = find_depth(job),
	    .filter = {text_of(job, JOB_ONLY), text_of(job, JOB_SKIP)},
	    .live = job->inuse.live,
	};
	struct err e;
	int status;

	if (job->operands > 0)
		return job_usage("check takes no arguments");
	if (ids_load(&ids, job, &e) == -1) {
		ids_free(&ids);
		return job_trouble(&e);
	}
	if (ids.given) {
		wish.ids = ids.id;
		wish.n_ids = ids.n;
	}
	status =
	    check(job, &wish, options_has(job->o, JOB_DRY_RUN) ? &plan : NULL);
	plan_free(&plan);
	ids_free(&ids);
	return status;
}

const struct verb verb_check = {
    .name = "check",
    .usage = "check",
    .help = "look for damage; changes nothing",
    .needs_queue = true,
    .run = run,
};
