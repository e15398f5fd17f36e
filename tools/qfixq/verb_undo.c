/* SPDX-License-Identifier: ISC */
#include <inttypes.h>
#include <stdio.h>

#include "fmt/printable.h"
#include "qmail/repair/undo.h"
#include "tools/qfixq/ids.h"
#include "tools/qfixq/verb.h"
#include "tools/qfixq/writing.h"

static void
take_told(void *context, struct span what, uint64_t id,
    enum finding_status status, const char *why)
{
	struct writing *w = context;
	struct str text = {0};

	if (status == FINDING_FIXED) {
		w->fixed++;
		return;
	}
	w->failed++;
	printable_put(&text, what);
	(void)fprintf(stderr,
	    "qfixq: warning: %s %" PRIu64 " left as it is: %s\n",
	    str_cstr(&text), id, why == NULL ? "unknown reason" : why);
	str_free(&text);
}

static int
undo(struct job *job, const char *run, uint64_t id)
{
	struct undo_wish wish = {run, id};
	struct writing w;
	const struct undo_taker taker = {take_told, &w};
	struct err e;
	int status = writing_begin(&w, job, "undo");
	int rc;

	if (status != 0)
		return status;
	rc = writing_need_run(&w, &e);
	if (rc == 0)
		rc = undo_run(&w.run, &wish, &taker, &e);
	status = writing_end(&w, rc == -1 ? &e : NULL);
	return status & ~FINDING_EXIT_REPAIRED;
}

static int
run(struct job *job)
{
	const char *id_text = options_text(job->o, JOB_ID);
	uint64_t id = 0;
	int64_t birth;

	if (job->operands != 1)
		return job_usage("undo takes the name of one run");
	if (span_find(span_cstr(job->operand[0]), '/', 0) !=
	    span_cstr(job->operand[0]).n)
		return job_usage("no name of a run");
	if (id_text != NULL &&
	    !job_parse_token(span_cstr(id_text), &id, &birth))
		return job_usage("no message number: %s", id_text);
	return undo(job, job->operand[0], id);
}

const struct verb verb_undo = {
    .name = "undo",
    .usage = "undo RUN [--id N]",
    .help = "take a run back, as far as nothing has changed since",
    .needs_queue = true,
    .writes = true,
    .run = run,
};

/* ---- recover ------------------------------------------------------------- */

static int
run_recover(struct job *job)
{
	struct writing w;
	int status;

	if (job->operands > 0)
		return job_usage("recover takes no arguments");
	status = writing_begin(&w, job, "recover");
	return status != 0 ? status : writing_end(&w, NULL);
}

const struct verb verb_recover = {
    .name = "recover",
    .usage = "recover",
    .help = "finish or take back a run that was interrupted",
    .needs_queue = true,
    .writes = true,
    .run = run_recover,
};
