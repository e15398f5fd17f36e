/* SPDX-License-Identifier: ISC */
#include <stdio.h>

#include "qmail/repair/recover.h"
#include "qmail/repair/rule.h"
#include "tools/qfixq/ids.h"
#include "tools/qfixq/verb.h"
#include "tools/qfixq/writing.h"

/* Messages are taken out of the sight of qmail-send and put back. Their inodes
 * stay in use, so no new message can get their numbers. */

enum { HELD_PATH = QUEUE_PATH_MAX + 48 };

/* What has to be there before info or todo show the message. */
static const enum queue_kind reveal_order[QUEUE_KINDS] = {QUEUE_MESS,
    QUEUE_INTD, QUEUE_BOUNCE, QUEUE_REMOTE, QUEUE_LOCAL, QUEUE_TODO,
    QUEUE_INFO};

static bool
is_right_birth(const struct job *job, int64_t wanted, int64_t birth,
    uint64_t id)
{
	if (wanted == 0 || wanted == birth || options_has(job->o, JOB_QUIET))
		return wanted == 0 || wanted == birth;
	(void)fprintf(stderr, "qfixq: warning: %llu is another message now\n",
	    (unsigned long long)id);
	return false;
}

static uint64_t
plan_hold(struct job *job, struct plan *plan, uint64_t id, int64_t birth)
{
	struct check c = {.inv = &job->inv, .plan = plan};
	struct inventory_reader reader = {0};
	struct inventory_message m;
	struct finding f = {.id = id};
	size_t before = plan->groups;

	inventory_read_message(c.inv, &reader, id, INVENTORY_STAT, &m);
	f.birth = inventory_birth(&m);
	if (is_right_birth(job, birth, f.birth, id))
		rule_put_away(&c, &f, &m, m.bits, PLAN_HOLD);
	inventory_reader_free(&reader);
	return plan->groups - before;
}

static uint64_t
plan_release(struct job *job, struct plan *plan, uint64_t id, int64_t birth)
{
	struct finding f = {.id = id, .birth = birth};
	size_t before = plan->groups;

	plan_begin(plan, &f, PLAN_TURN_PLACE, PLAN_FIX);
	for (size_t i = 0; i < QUEUE_KINDS; i++) {
		struct queue_path path =
		    queue_path(&job->inv.layout, reveal_order[i], id);
		struct inventory_file file;
		char held[HELD_PATH];

		(void)snprintf(held, sizeof(held), RUN_AREA "/hold/%llu/%s",
		    (unsigned long long)id, path.text);
		if (inventory_look(&job->inv, held, &file))
			plan_move_from(plan, PLAN_HOLD, path.text, file.ino,
			    PLAN_QUEUE, path.text);
	}
	plan_end(plan);
	return plan->groups - before;
}

/* A way to plan for one message; returns how many groups. */
struct way {
	uint64_t (*plan)(struct job *job, struct plan *plan, uint64_t id,
	    int64_t birth);
};

static int
load_ids(struct job *job, struct ids *ids, struct err *e)
{
	if (ids_load(ids, job, e) == -1)
		return -1;
	for (size_t i = 0; i < job->operands; i++) {
		if (!job_parse_token(span_cstr(job->operand[i]), &(uint64_t){0},
		        &(int64_t){0}))
			return err_set(e, ERR_FORMAT, "no message number: %s",
			    job->operand[i]);
	}
	return 0;
}

static int
execute(struct job *job, const char *verb, struct ids *ids, struct way way)
{
	struct plan plan = {0};
	struct writing w;
	uint64_t found = 0, done = 0;
	struct err e;
	int status = writing_begin(&w, job, verb);
	int rc;

	if (status != 0)
		return status;
	for (size_t i = 0; i < ids->n; i++)
		found += way.plan(job, &plan, ids->id[i], ids->birth[i]);
	for (size_t i = 0; i < job->operands; i++) {
		uint64_t id = 0;
		int64_t birth = 0;

		if (job_parse_token(span_cstr(job->operand[i]), &id, &birth))
			found += way.plan(job, &plan, id, birth);
	}
	rc = writing_execute(&w, &plan, &done, &e);
	plan_free(&plan);
	status = writing_end(&w, rc == -1 ? &e : NULL);
	if (found == 0)
		return 1; /* nothing matched */
	return (status & ~FINDING_EXIT_REPAIRED) |
	       (done < found ? FINDING_EXIT_TROUBLE : 0);
}

static int
run_verb(struct job *job, const char *verb, struct way way)
{
	struct ids ids = {0};
	struct err e;
	int status;

	if (load_ids(job, &ids, &e) == -1)
		status = job_usage("%s", e.text);
	else if (!ids.given && job->operands == 0)
		status = job_usage("%s needs messages", verb);
	else
		status = execute(job, verb, &ids, way);
	ids_free(&ids);
	return status;
}

static int
run_hold(struct job *job)
{
	return run_verb(job, "hold", (struct way){plan_hold});
}

static int
run_release(struct job *job)
{
	return run_verb(job, "release", (struct way){plan_release});
}

const struct verb verb_hold = {
    .name = "hold",
    .usage = "hold ID...",
    .help = "hide messages from qmail-send",
    .needs_queue = true,
    .writes = true,
    .run = run_hold,
};

const struct verb verb_release = {
    .name = "release",
    .usage = "release ID...",
    .help = "put held messages back",
    .needs_queue = true,
    .writes = true,
    .run = run_release,
};

/* ---- the list of runs ---------------------------------------------------- */

static int
run_journal(struct job *job)
{
	struct str names = {0};
	struct span rest, name = {0};
	struct err e;

	if (job->operands > 0)
		return job_usage("journal takes no arguments");
	if (recover_list_runs(job->queue_dir, &names, &e) == -1)
		return job_trouble(&e);
	rest = str_span(&names);
	while (span_take_nul(&rest, &name)) {
		out_put(&job->out, name);
		out_putc(&job->out, '\n');
	}
	str_free(&names);
	return 0;
}

const struct verb verb_journal = {
    .name = "journal",
    .usage = "journal",
    .help = "names of the runs that can be taken back",
    .needs_queue = true,
    .run = run_journal,
};
