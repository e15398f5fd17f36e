/* SPDX-License-Identifier: ISC */
#include "tools/qfixq/job.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/num.h"
#include "base/priv.h"
#include "qmail/ids.h"

const struct option job_options[] = {
    {.id = OPTION_HOME, .letter = 'H'},
    {.id = OPTION_QUEUE, .letter = 'Q'},
    {.id = OPTION_FORMAT, .letter = 'f', .value = "human|json|jsonl|tsv|gcc"},
    {.id = OPTION_JSON},
    {.id = OPTION_COLOR},
    {.id = OPTION_NOW},
    {JOB_QUIET, 'q', "quiet", OPTION_FLAG, NULL, "exit status only"},
    {JOB_SPLIT, 0, "split", OPTION_NUMBER, "N",
        "number of subdirectories, whatever the queue says"},
    {JOB_NAMES, 0, "names", OPTION_FLAG, NULL, "check: names alone"},
    {JOB_DEEP, 0, "deep", OPTION_FLAG, NULL, "check: contents too"},
    {JOB_BODIES, 0, "bodies", OPTION_FLAG, NULL,
        "check: contents and first bytes of bodies"},
    {JOB_ONLY, 0, "only", OPTION_TEXT, "Q3,Q404", "check: these kinds alone"},
    {JOB_SKIP, 0, "skip", OPTION_TEXT, "Q3,Q404", "check: not these kinds"},
    {JOB_ID, 0, "id", OPTION_TEXT, "N,N...", "these messages alone"},
    {JOB_STDIN, 0, "stdin", OPTION_FLAG, NULL,
        "messages from standard input, one a line"},
    {JOB_MAX_FINDINGS, 0, "max-findings", OPTION_NUMBER, "N",
        "check: show so many of a kind one by one"},
    {JOB_DRY_RUN, 'n', "dry-run", OPTION_FLAG, NULL,
        "check: print what a repair would do"},
    {JOB_SYMPTOM, 0, "symptom", OPTION_TEXT, "LINE",
        "explain: what a log line may mean"},
    {JOB_LONG, 'l', "long", OPTION_FLAG, NULL, "list: every recipient"},
    {JOB_SORT, 0, "sort", OPTION_CHOICE, "age|size|next|sender",
        "list: in this order"},
    {JOB_BY, 0, "by", OPTION_CHOICE, "domain|sender|age|state",
        "stat: counted by what"},
    {JOB_RAW, 0, "raw", OPTION_FLAG, NULL,
        "show, headers, body: bytes as they are"},
    {JOB_LIMIT, 0, "limit", OPTION_NUMBER, "N", "at most so many messages"},
    {JOB_IGNORE_CASE, 0, "ignore-case", OPTION_FLAG, NULL,
        "patterns match small and capital letters alike"},
    {JOB_NOT, 0, "not", OPTION_FLAG, NULL,
        "the selector that follows must not match"},
    {JOB_SENDER, 0, "sender", OPTION_TEXT, "RE", "sender matches"},
    {JOB_RECIPIENT, 0, "recipient", OPTION_TEXT, "RE",
        "a recipient that is not done matches"},
    {JOB_ANY_RECIPIENT, 0, "any-recipient", OPTION_TEXT, "RE",
        "any recipient matches"},
    {JOB_DOMAIN, 0, "domain", OPTION_TEXT, "GLOB",
        "domain of a recipient that is not done"},
    {JOB_HEADER, 0, "header", OPTION_TEXT, "NAME:RE", "a header field matches"},
    {JOB_SUBJECT, 0, "subject", OPTION_TEXT, "RE", "the subject matches"},
    {JOB_BODY, 0, "body", OPTION_TEXT, "RE", "the body matches"},
    {JOB_SIZE, 0, "size", OPTION_TEXT, "+1M|-10k", "larger or smaller than"},
    {JOB_AGE, 0, "age", OPTION_TEXT, "+3d|-2h", "older or younger than"},
    {JOB_NEXT, 0, "next", OPTION_TEXT, "+1h|-10m",
        "next attempt later or sooner than"},
    {JOB_STATE, 0, "state", OPTION_CHOICE, "S2|S3|S4|S5|damaged",
        "state of the message"},
    {JOB_CHANNEL, 0, "channel", OPTION_CHOICE, "local|remote|todo",
        "has recipients there"},
    {JOB_BOUNCING, 0, "bouncing", OPTION_FLAG, NULL, "has a bounce text"},
    {JOB_UID, 0, "uid", OPTION_NUMBER, "N", "user who sent it, while in todo"},
    {JOB_QP, 0, "qp", OPTION_NUMBER, "N",
        "process that queued it, while in todo"},
    {JOB_NULL_SENDER, 0, "null-sender", OPTION_FLAG, NULL,
        "bounces: the sender is empty"},
    {JOB_FROM_FILE, 0, "from-file", OPTION_TEXT, "FILE",
        "messages named in a file, one a line"},
    {JOB_PREEN, 'p', "preen", OPTION_FLAG, NULL, "repair: what is safe"},
    {JOB_YES, 'y', "yes", OPTION_FLAG, NULL, "repair: all; no questions"},
    {JOB_ASK, 'i', "ask", OPTION_FLAG, NULL, "repair: ask about each"},
    {JOB_FIX, 0, "fix", OPTION_FLAG, NULL, "prestart: first repair -p"},
};
const size_t job_options_count = sizeof(job_options) / sizeof(job_options[0]);

void
job_begin(struct job *job, const struct options *o, int64_t now)
{
	static const char *const names[] = {"human", "json", "jsonl", "tsv",
	    "gcc"};

	*job = (struct job){
	    .o = o,
	    .operand = o->operand,
	    .operands = o->operands,
	    .now = now,
	    .queue_dir = -1,
	};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (options_format_is(o, names[i]))
			job->format = (enum job_format)i;
	}
}

void
job_end(struct job *job)
{
	fd_close(&job->queue_dir);
	str_free(&job->home);
	str_free(&job->queue);
}

int
job_trouble(const struct err *e)
{
	(void)fprintf(stderr, "qfixq: fatal: %s\n", e->text);
	return FINDING_EXIT_TROUBLE;
}

int
job_usage(const char *fmt, ...)
{
	va_list ap;

	(void)fputs("qfixq: fatal: ", stderr);
	va_start(ap, fmt);
	(void)vfprintf(stderr, fmt, ap);
	va_end(ap);
	(void)fputs(" (see qfixq --help)\n", stderr);
	return FINDING_EXIT_USAGE;
}

bool
job_parse_token(struct span text, uint64_t *id, int64_t *birth)
{
	const char *dot = text.n == 0 ? NULL : memchr(text.p, '.', text.n);
	uint64_t seconds = 0;
	struct span number = text;

	if (dot != NULL) {
		number.n = (size_t)(dot - text.p);
		if (!num_parse_u64((struct span){dot + 1,
		                       text.n - number.n - 1},
		        INT64_MAX, &seconds))
			return false;
	}
	*birth = (int64_t)seconds;
	return queue_id_parse(number, id);
}

/* ---- the queue ----------------------------------------------------------- */

/* Readers need no more of root than to look everywhere and, by O_NOATIME, which
 * is for owners, to leave no trace of it; writers have to keep owners as they
 * are. */
static int
limit_root(bool writes, struct err *e)
{
	static const int keep[] = {CAP_DAC_READ_SEARCH, CAP_FOWNER,
	    CAP_DAC_OVERRIDE, CAP_CHOWN};

	if (geteuid() != 0)
		return 0;
	return priv_limit(keep, writes ? 4 : 2, e);
}

static int
open_of_home(struct job *job, struct err *e)
{
	int dir;

	if (site_become_owner(&job->site, e) == -1)
		return -1;
	dir = file_open_dir(AT_FDCWD, job->site.home, e);
	if (dir == -1)
		return -1;
	job->queue_dir = openat(dir, "queue",
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (job->queue_dir == -1)
		err_sys(e, "open directory", "queue");
	fd_close(&dir);
	str_put_cstr(&job->queue, job->site.home);
	str_put_cstr(&job->queue, "/queue");
	return job->queue_dir == -1 ? -1 : 0;
}

/* The owner of the queue and of the directory around it, when that is one and
 * not root: then it is the queue of a one-user instance. */
static bool
is_one_user(int queue_dir, struct stat *queue)
{
	struct stat home;

	return fstat(queue_dir, queue) == 0 &&
	       fstatat(queue_dir, "..", &home, 0) == 0 && queue->st_uid != 0 &&
	       home.st_uid == queue->st_uid;
}

static bool
is_of_home(const struct job *job)
{
	struct str path = {0};
	struct stat a, b;
	const char *text;
	bool same;

	str_put_cstr(&path, job->site.home);
	str_put_cstr(&path, "/queue");
	text = str_cstr(&path);
	same = text != NULL && stat(text, &a) == 0 &&
	       fstat(job->queue_dir, &b) == 0 && a.st_dev == b.st_dev &&
	       a.st_ino == b.st_ino;
	str_free(&path);
	return same;
}

static void
ids_of_owner(struct inventory_ids *ids, uid_t uid, gid_t gid)
{
	*ids = (struct inventory_ids){
	    .qmailq = uid,
	    .qmails = uid,
	    .qmailr = uid,
	    .qmail = gid,
	    .known = true,
	};
}

/* Leaves them unknown where they cannot be looked up. */
static void
ids_of_site(struct inventory_ids *ids, const struct site *site)
{
	struct err e;

	if (site->one_user) {
		ids_of_owner(ids, site->uid, site->gid);
		return;
	}
	ids->known = ids_find_user(site, IDS_QMAILQ, &ids->qmailq, &e) == 0 &&
	             ids_find_user(site, IDS_QMAILS, &ids->qmails, &e) == 0 &&
	             ids_find_user(site, IDS_QMAILR, &ids->qmailr, &e) == 0 &&
	             ids_find_group(site, IDS_QMAIL, &ids->qmail, &e) == 0;
}

static int
open_given(struct job *job, const char *path, struct inventory_ids *ids,
    struct err *e)
{
	struct stat queue;
	bool of_home;

	job->queue_dir = file_open_dir(AT_FDCWD, path, e);
	if (job->queue_dir == -1)
		return -1;
	str_put_cstr(&job->queue, path);
	of_home = job->site.home != NULL && is_of_home(job);
	if (of_home)
		ids_of_site(ids, &job->site);
	if (!is_one_user(job->queue_dir, &queue))
		return 0;
	if (!of_home)
		ids_of_owner(ids, queue.st_uid, queue.st_gid);
	return geteuid() == 0 ? priv_become(queue.st_uid, queue.st_gid, e) : 0;
}

static int
open_queue(struct job *job, struct inventory_ids *ids, struct err *e)
{
	const char *given = options_text(job->o, OPTION_QUEUE);
	const char *home = options_text(job->o, OPTION_HOME);
	int found = site_find_given(&job->site, home, &job->home, e);

	if (given != NULL && home == NULL) {
		/* a copy can be looked at where there is no home */
		if (found == -1)
			job->site = (struct site){0};
		return open_given(job, given, ids, e);
	}
	if (found == -1)
		return -1;
	ids_of_site(ids, &job->site);
	if (given == NULL)
		return open_of_home(job, e);
	if (site_become_owner(&job->site, e) == -1)
		return -1;
	job->queue_dir = file_open_dir(AT_FDCWD, given, e);
	str_put_cstr(&job->queue, given);
	return job->queue_dir == -1 ? -1 : 0;
}

int
job_open_queue(struct job *job, bool writes, struct err *e)
{
	struct inventory_ids ids = {0};

	if (open_queue(job, &ids, e) == -1)
		return -1;
	/* while root still sees where processes of others work */
	inuse_detect(job->queue_dir, "/proc", &job->inuse);
	if (limit_root(writes, e) == -1)
		return -1;
	inventory_open(&job->inv, job->queue_dir, &ids,
	    options_number(job->o, JOB_SPLIT, 0));
	return 0;
}
