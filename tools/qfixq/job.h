/* SPDX-License-Identifier: ISC */
#ifndef TOOLS_QFIXQ_JOB_H
#define TOOLS_QFIXQ_JOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/out.h"
#include "prog/options.h"
#include "qmail/repair/check.h"
#include "qmail/repair/finding.h"
#include "qmail/repair/inuse.h"
#include "qmail/repair/inventory.h"
#include "qmail/site.h"

/* One run of qfixq: the command line, and the queue it is about. */

enum job_option {
	JOB_SPLIT = OPTION_OWN,
	JOB_NAMES,
	JOB_DEEP,
	JOB_BODIES,
	JOB_ONLY,
	JOB_SKIP,
	JOB_ID,
	JOB_STDIN,
	JOB_MAX_FINDINGS,
	JOB_QUIET,
	JOB_DRY_RUN,
	JOB_SYMPTOM,
	JOB_LONG,
	JOB_SORT,
	JOB_BY,
	JOB_RAW,
	JOB_LIMIT,
	JOB_IGNORE_CASE,
	/* selectors, in the order of select.c */
	JOB_NOT,
	JOB_SENDER,
	JOB_RECIPIENT,
	JOB_ANY_RECIPIENT,
	JOB_DOMAIN,
	JOB_HEADER,
	JOB_SUBJECT,
	JOB_BODY,
	JOB_SIZE,
	JOB_AGE,
	JOB_NEXT,
	JOB_STATE,
	JOB_CHANNEL,
	JOB_BOUNCING,
	JOB_UID,
	JOB_QP,
	JOB_NULL_SENDER,
	JOB_FROM_FILE,
	/* of verbs that write */
	JOB_PREEN,
	JOB_YES,
	JOB_ASK,
	JOB_FIX,
};

enum job_format { JOB_HUMAN, JOB_JSON, JOB_JSONL, JOB_TSV, JOB_GCC };

struct job {
	const struct options *o;
	const char *const *operand; /* behind the verb */
	size_t operands;
	enum job_format format;
	int64_t now;
	struct out out;

	/* after job_open_queue() */
	struct site site;
	struct str home;  /* backs site.home */
	struct str queue; /* path, for people */
	int queue_dir;
	struct inventory inv;
	struct inuse inuse;
};

/* The options that all verbs know. */
extern const struct option job_options[];
extern const size_t job_options_count;

/* Reads what is common from the command line. */
void job_begin(struct job *job, const struct options *o, int64_t now);

/* Opens the queue, to be changed or only read: gives up what root does not
 * need, finds out who should own what, looks whether qmail-send is at work. 0;
 * -1 with *e. */
NODISCARD int job_open_queue(struct job *job, bool writes, struct err *e);
void job_end(struct job *job);

/* Says why on standard error; returns the exit status for trouble. */
int job_trouble(const struct err *e);
/* The same for wrong usage. */
int job_usage(const char *fmt, ...) PRINTF(1, 2);

/* "123" or "123.1795166300": birth 0 when there is none. */
NODISCARD bool job_parse_token(struct span text, uint64_t *id, int64_t *birth);

#endif
