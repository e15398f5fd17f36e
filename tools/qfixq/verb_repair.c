/* SPDX-License-Identifier: ISC */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "prog/confirm.h"
#include "qmail/repair/rule.h"
#include "tools/qfixq/ids.h"
#include "tools/qfixq/report.h"
#include "tools/qfixq/verb.h"
#include "tools/qfixq/writing.h"

/* A repair may uncover what another one can do only then. */
enum { PASSES_MAX = 12 };

/* A finding of class LOSS that preen mode has no repair for. */
struct danger {
	uint64_t id;
	char *path;
};

struct repair {
	struct job *job;
	struct check_wish wish;
	struct ids ids;
	bool yes, ask;
	/* -i: the answer for all of a kind */
	const struct damage *all, *none;
	bool quit;
	struct danger *danger;
	size_t dangers, cap;
	bool failed; /* out of memory */
	struct writing writing;
};

/* ---- which groups -------------------------------------------------------- */

static bool
ask_about(struct repair *r, const struct plan_group *g)
{
	struct str text = {0};
	char letter;

	if (r->quit || g->damage == r->none)
		return false;
	if (g->damage == r->all)
		return true;
	str_put_cstr(&text, g->damage->id);
	str_putc(&text, ' ');
	report_put_token(&text, g->id, g->birth);
	str_put_cstr(&text, " (");
	str_put_cstr(&text, g->damage->title);
	str_put_cstr(&text, "): repair? ");
	letter = confirm_ask(STDIN_FILENO, STDERR_FILENO,
	    str_ok(&text) ? str_cstr(&text) : "repair?", "ynasq");
	str_free(&text);
	if (letter == 'a')
		r->all = g->damage;
	if (letter == 's')
		r->none = g->damage;
	if (letter == 'q' || letter == '\0')
		r->quit = r->writing.cancelled = true;
	return letter == 'y' || letter == 'a';
}

static bool
is_wanted(void *context, const struct plan_group *g)
{
	struct repair *r = context;

	if (r->ask)
		return ask_about(r, g);
	return g->fix == FINDING_FIX_PREEN ||
	       (r->yes && g->fix == FINDING_FIX_YES);
}

/* For a dry run: what would not be done goes. */
static void
keep_wanted(struct repair *r, struct plan *p)
{
	size_t kept = 0;

	for (size_t i = 0; i < p->groups; i++) {
		if (r->ask || is_wanted(r, &p->group[i]))
			p->group[kept++] = p->group[i];
	}
	p->groups = kept;
}

/* ---- findings ------------------------------------------------------------ */

static void
take_nothing(void *context, const struct finding *f)
{
	(void)context;
	(void)f;
}

static void
take_danger(void *context, const struct finding *f)
{
	struct repair *r = context;
	char *path;

	if (f->class != FINDING_LOSS || f->id == 0)
		return;
	path = strndup(f->path.p == NULL ? "" : f->path.p, f->path.n);
	if (path == NULL || !array_grow(&r->danger, &r->cap, r->dangers + 1,
	                        sizeof(r->danger[0]))) {
		free(path);
		r->failed = true;
		return;
	}
	r->danger[r->dangers++] = (struct danger){f->id, path};
}

static void
drop_dangers(struct repair *r)
{
	for (size_t i = 0; i < r->dangers; i++)
		free(r->danger[i].path);
	free(r->danger);
	r->danger = NULL;
	r->dangers = r->cap = 0;
}

static int
check(struct repair *r, struct finding_sink sink, struct plan *plan,
    struct check_summary *summary, struct err *e)
{
	struct inventory *inv = &r->job->inv;
	const struct inventory_ids ids =
	    inv->ids.learned ? (struct inventory_ids){0} : inv->ids;

	/* an earlier pass may have changed the structure */
	inventory_open(inv, r->job->queue_dir, &ids,
	    options_number(r->job->o, JOB_SPLIT, 0));
	*summary = (struct check_summary){0};
	if (check_run(inv, &r->wish, sink, plan, summary, e) == -1)
		return -1;
	if (!inv->is_queue && plan != NULL && plan->groups == 0)
		return err_set(e, ERR_FORMAT, "this is no queue: %s",
		    inv->trouble.text);
	return 0;
}

/* ---- passes -------------------------------------------------------------- */

static int
repair_once(struct repair *r, uint64_t *done, struct err *e)
{
	const struct finding_sink sink = {take_nothing, NULL};
	struct check_summary summary;
	struct plan plan = {0};
	int rc = check(r, sink, &plan, &summary, e);

	*done = 0;
	if (rc == 0)
		keep_wanted(r, &plan);
	if (rc == 0)
		rc = writing_execute(&r->writing, &plan, done, e);
	plan_free(&plan);
	return rc;
}

/* A misplaced part goes with the rest; it may lie anywhere. */
static void
hold_stray(struct check *c, const struct danger *d)
{
	struct inventory_file file;

	if (d->path[0] != '\0' && inventory_look(c->inv, d->path, &file) &&
	    S_ISREG(file.mode))
		plan_put_away(c->plan, d->path, file.ino, PLAN_HOLD);
}

static void
hold_one(struct repair *r, struct plan *plan, const struct danger *d)
{
	struct check c = {.inv = &r->job->inv, .plan = plan};
	struct inventory_reader reader = {0};
	struct inventory_message m;
	struct finding f = {.id = d->id, .class = FINDING_LOSS};
	uint64_t ops;

	inventory_read_message(c.inv, &reader, d->id, INVENTORY_STAT, &m);
	f.birth = inventory_birth(&m);
	ops = plan->ops;
	rule_put_away(&c, &f, &m, m.bits, PLAN_HOLD);
	for (size_t i = ops; i < plan->ops; i++) {
		struct span path = plan_path(plan, &plan->op[i].from);

		if (span_eq(path, span_cstr(d->path)))
			goto out;
	}
	plan_begin(plan, &f, PLAN_TURN_REMOVE, PLAN_AIM_HOLD);
	hold_stray(&c, d);
	plan_end(plan);
out:
	inventory_reader_free(&reader);
}

/* What would lose mail when qmail-send starts goes to hold: reversible, and
 * nothing is guessed. */
static int
hold_dangers(struct repair *r, struct err *e)
{
	const struct finding_sink sink = {take_danger, r};
	struct check_summary summary;
	struct plan unused = {0}, plan = {0};
	uint64_t done = 0;
	int rc = check(r, sink, &unused, &summary, e);

	if (rc == 0 && r->failed)
		rc = err_set(e, ERR_SYS, "out of memory");
	for (size_t i = 0; i < r->dangers && rc == 0; i++) {
		if (i == 0 || r->danger[i].id != r->danger[i - 1].id ||
		    strcmp(r->danger[i].path, r->danger[i - 1].path) != 0)
			hold_one(r, &plan, &r->danger[i]);
	}
	r->writing.wants = NULL;
	if (rc == 0)
		rc = writing_execute(&r->writing, &plan, &done, e);
	plan_free(&unused);
	plan_free(&plan);
	drop_dangers(r);
	return rc;
}

static int
repair_all(struct repair *r, struct err *e)
{
	uint64_t done = 1;

	for (int pass = 0; pass < PASSES_MAX && done > 0; pass++) {
		if (repair_once(r, &done, e) == -1)
			return -1;
		if (r->writing.cancelled)
			return 0;
	}
	return r->yes || r->ask ? 0 : hold_dangers(r, e);
}

/* ---- the verb ------------------------------------------------------------ */

/* What is there, or left: shown and turned into an exit status. */
static int
report_rest(struct repair *r, struct plan *plan)
{
	struct check_summary summary = {0};
	struct report report;
	struct err e;
	int rc, status;

	report_begin(&report, r->job);
	rc = check(r, report_sink(&report), plan, &summary, &e);
	status = rc == -1 ? FINDING_EXIT_TROUBLE : check_exit_status(&summary);
	if (plan != NULL)
		keep_wanted(r, plan);
	if (report_end(&report, &summary, plan, status) == -1 && rc == 0)
		rc = err_set(&e, ERR_SYS, "out of memory");
	return rc == -1 ? job_trouble(&e) : status;
}

static int
dry_run(struct repair *r)
{
	struct plan plan = {0};
	int status = report_rest(r, &plan);

	plan_free(&plan);
	return status;
}

static int
write_repair(struct repair *r, const char *verb)
{
	struct err e;
	int status = writing_begin(&r->writing, r->job, verb);
	int rc;

	if (status != 0)
		return status;
	r->writing.wants = NULL;
	rc = repair_all(r, &e);
	status = writing_end(&r->writing, rc == -1 ? &e : NULL);
	if (rc == -1 || (status & FINDING_EXIT_CANCELLED) != 0)
		return status;
	return status | report_rest(r, NULL);
}

static struct span
text_of(const struct job *job, int option)
{
	const char *text = options_text(job->o, option);

	return text == NULL ? (struct span){0} : span_cstr(text);
}

static int
begin(struct repair *r, struct job *job)
{
	struct err e;

	*r = (struct repair){
	    .job = job,
	    .wish = {.now = job->now,
	        .depth = options_has(job->o, JOB_BODIES) ? INVENTORY_BODIES
	                                                 : INVENTORY_DEEP,
	        .filter = {text_of(job, JOB_ONLY), text_of(job, JOB_SKIP)}},
	};
	if (job->operands > 0)
		return job_usage("there are arguments too many");
	if (ids_load(&r->ids, job, &e) == -1)
		return job_trouble(&e);
	if (r->ids.given) {
		r->wish.ids = r->ids.id;
		r->wish.n_ids = r->ids.n;
	}
	return 0;
}

static int
run(struct job *job)
{
	bool preen = options_has(job->o, JOB_PREEN);
	bool yes = options_has(job->o, JOB_YES);
	bool ask = options_has(job->o, JOB_ASK);
	bool dry = options_has(job->o, JOB_DRY_RUN);
	struct repair r;
	int status = begin(&r, job);

	r.yes = yes || (dry && !preen);
	r.ask = ask && !dry;
	if (status == 0 && preen + yes + ask + dry == 0)
		status = job_usage("repair needs -p, -y, -i or -n");
	else if (status == 0 && preen + yes + ask > 1)
		status = job_usage("-p, -y and -i exclude each other");
	else if (status == 0)
		status = dry ? dry_run(&r)
		             : write_repair(&r, yes   ? "repair -y"
		                                : ask ? "repair -i"
		                                      : "repair -p");
	ids_free(&r.ids);
	return status;
}

const struct verb verb_repair = {
    .name = "repair",
    .usage = "repair -p|-y|-i|-n",
    .help = "repair what is safe, all, what you agree to; or show how",
    .needs_queue = true,
    .writes = true,
    .run = run,
};

/* ---- before a start ------------------------------------------------------ */

static int
run_prestart(struct job *job)
{
	struct check_summary summary = {0};
	const struct finding_sink sink = {take_nothing, NULL};
	struct repair r;
	struct err e;
	int status = begin(&r, job);

	if (status == 0 && options_has(job->o, JOB_FIX)) {
		status = writing_begin(&r.writing, job, "prestart --fix");
		if (status != 0)
			goto out;
		if (repair_all(&r, &e) == -1)
			status = writing_end(&r.writing, &e);
		else
			status = writing_end(&r.writing, NULL);
		status &= ~FINDING_EXIT_REPAIRED;
	}
	if (status == 0) {
		r.wish.sizes = true;
		if (check(&r, sink, NULL, &summary, &e) == -1)
			status = job_trouble(&e);
		else
			status =
			    check_exit_status(&summary) & FINDING_EXIT_DANGER;
	}
	if ((status & FINDING_EXIT_DANGER) != 0)
		(void)fprintf(stderr,
		    "qfixq: warning: do not start qmail-send: run qfixq "
		    "check\n");
out:
	ids_free(&r.ids);
	return status;
}

const struct verb verb_prestart = {
    .name = "prestart",
    .usage = "prestart [--fix]",
    .help = "for run scripts: silent unless a start would lose mail",
    .needs_queue = true,
    .writes = true,
    .run = run_prestart,
};
