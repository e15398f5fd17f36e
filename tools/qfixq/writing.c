/* SPDX-License-Identifier: ISC */
#include "tools/qfixq/writing.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/sig.h"
#include "fmt/printable.h"
#include "qmail/repair/damage.h"
#include "qmail/repair/recover.h"
#include "tools/qfixq/report.h"

static volatile sig_atomic_t cancelled;

static void
cancel(int signal)
{
	(void)signal;
	cancelled = 1;
}

/* ---- locks --------------------------------------------------------------- */

static int
refuse_live(const struct job *job)
{
	(void)fprintf(stderr, "qfixq: fatal: qmail-send");
	if (job->inuse.pid != 0)
		(void)fprintf(stderr, " (pid %" PRIu64 ")", job->inuse.pid);
	(void)fprintf(stderr, " is at work on this queue: nothing was changed. "
	                      "Stop it first\n");
	return FINDING_EXIT_TROUBLE;
}

static struct finding
mutex_finding(void)
{
	return finding_of(damage_find(SPAN("Q107")));
}

/* Without the file nobody can hold its lock, so it is made before it is taken.
 */
static int
make_mutex(struct writing *w, struct err *e)
{
	struct finding f = mutex_finding();
	const struct inventory_ids *ids = &w->job->inv.ids;
	const struct plan_new file = {
	    .path = "lock/sendmutex",
	    .uid = ids->known ? (int64_t)ids->qmails : PLAN_KEEP_ID,
	    .gid = ids->known ? (int64_t)ids->qmail : PLAN_KEEP_ID,
	    .mode = 0600,
	    .atime = PLAN_NOW,
	    .mtime = PLAN_NOW,
	};
	struct plan p = {0};
	uint64_t done;
	int rc;

	plan_begin(&p, &f, PLAN_TURN_STRUCTURE, PLAN_FIX);
	plan_create(&p, PLAN_CREATE, PLAN_QUEUE, &file);
	plan_end(&p);
	rc = writing_execute(w, &p, &done, e);
	plan_free(&p);
	/* a run of its own: what was interrupted earlier can be ended only when
	 * the lock is held */
	if (w->begun && rc == 0)
		rc = run_end(&w->run, e);
	w->begun = false;
	return rc;
}

/* The lock of qmail-send; *e says why not. */
static int
lock_send(struct writing *w, struct err *e)
{
	struct stat st;

	if (fstatat(w->job->queue_dir, "lock/sendmutex", &st,
	        AT_SYMLINK_NOFOLLOW) == -1 &&
	    errno == ENOENT && make_mutex(w, e) == -1)
		return -1;
	return run_lock_send(&w->lock, w->job->queue_dir, e);
}

static int
recover(struct writing *w, struct err *e)
{
	struct recover_count count;

	if (!recover_is_needed(w->job->queue_dir))
		return 0;
	if (run_lock_own(&w->lock, w->job->queue_dir, e) == -1 ||
	    recover_all(w->job->queue_dir, &count, e) == -1)
		return -1;
	(void)fprintf(stderr,
	    "qfixq: info: interrupted run ended: finished %" PRIu64
	    ", taken back %" PRIu64 ", not begun %" PRIu64 ", stuck %" PRIu64
	    "\n",
	    count.finished, count.taken_back, count.untouched, count.stuck);
	return 0;
}

int
writing_begin(struct writing *w, struct job *job, const char *verb)
{
	struct err e = {0};

	*w = (struct writing){
	    .job = job,
	    .verb = verb,
	    .lock = {.send = -1, .own = -1},
	    .run = {.journal = {.fd = -1}},
	};
	if (job->inuse.live)
		return refuse_live(job);
	if (lock_send(w, &e) == 0 && recover(w, &e) == 0) {
		sig_catch(SIGINT, cancel);
		sig_catch(SIGTERM, cancel);
		sig_catch(SIGHUP, cancel);
		sig_ignore(SIGPIPE);
		return 0;
	}
	run_unlock(&w->lock);
	return e.sys == EWOULDBLOCK ? refuse_live(job) : job_trouble(&e);
}

/* ---- the run ------------------------------------------------------------- */

int
writing_need_run(struct writing *w, struct err *e)
{
	if (w->begun)
		return 0;
	if (w->lock.own == -1 &&
	    run_lock_own(&w->lock, w->job->queue_dir, e) == -1)
		return -1;
	if (run_begin(&w->run, w->job->queue_dir, w->verb, w->job->now, e) ==
	    -1)
		return -1;
	w->begun = true;
	return 0;
}

static void
warn_group(const struct plan_group *g, enum finding_status status,
    const char *why)
{
	struct str token = {0};

	report_put_token(&token, g->id, g->birth);
	(void)fprintf(stderr, "qfixq: warning: %s %s %s: %s\n",
	    g->damage == NULL ? "message" : g->damage->id,
	    token.n > 0 ? str_cstr(&token) : "", finding_status_name(status),
	    why == NULL ? "unknown reason" : why);
	str_free(&token);
}

static bool
take_told(void *context, const struct plan_group *g, enum finding_status status,
    const char *why)
{
	struct writing *w = context;

	switch (status) {
	case FINDING_FIXED:
		w->fixed++;
		break;
	case FINDING_HELD:
		w->held++;
		break;
	case FINDING_QUARANTINED:
		w->quarantined++;
		break;
	case FINDING_FAILED:
		w->failed++;
		warn_group(g, status, why);
		break;
	case FINDING_OPEN:
	case FINDING_SKIPPED:
	case FINDING_VANISHED:
		/* an earlier group has moved it: it is looked at again */
		w->skipped++;
		break;
	}
	if (cancelled)
		w->cancelled = true;
	return !w->cancelled;
}

static bool
pass_wants(void *context, const struct plan_group *g)
{
	struct writing *w = context;

	return !w->cancelled && (w->wants == NULL || w->wants(w->context, g));
}

static uint64_t
count_done(const struct writing *w)
{
	return w->fixed + w->held + w->quarantined;
}

int
writing_execute(struct writing *w, const struct plan *p, uint64_t *done,
    struct err *e)
{
	const struct execute_taker taker = {pass_wants, take_told, w};
	uint64_t before = count_done(w);

	*done = 0;
	if (p->failed)
		return err_set(e, ERR_SYS, "out of memory");
	if (p->groups == 0)
		return 0;
	if (writing_need_run(w, e) == -1 ||
	    execute_plan(&w->run, p, &taker, e) == -1)
		return -1;
	*done = count_done(w) - before;
	return 0;
}

int
writing_end(struct writing *w, const struct err *e)
{
	int status = w->failed > 0 ? FINDING_EXIT_TROUBLE : 0;
	struct err end;

	if (e != NULL) {
		status = job_trouble(e);
		run_close(&w->run);
	} else if (w->begun && run_end(&w->run, &end) == -1) {
		status = job_trouble(&end);
	}
	if (count_done(w) > 0)
		status |= FINDING_EXIT_REPAIRED;
	if (w->cancelled)
		status |= FINDING_EXIT_CANCELLED;
	if (w->begun && !options_has(w->job->o, JOB_QUIET))
		(void)fprintf(stderr,
		    "repaired %" PRIu64 ", moved to hold %" PRIu64
		    ", quarantined %" PRIu64 ", failed %" PRIu64
		    ".   undo: qfixq undo %s\n",
		    w->fixed, w->held, w->quarantined, w->failed, w->run.name);
	run_unlock(&w->lock);
	return status;
}
