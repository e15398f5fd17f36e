/* SPDX-License-Identifier: ISC */
#ifndef MTA_SEND_SEND_JOB_H
#define MTA_SEND_SEND_JOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/str.h"
#include "mta/send/send_files.h"
#include "mta/send/send_heap.h"
#include "qmail/log_record.h"

struct send;

/* Messages being delivered. Specification: processes.md section 3.2. */

enum {
	SEND_PASSES = 8,    /* messages of a channel that take turns */
	SEND_FRESH_RUN = 7, /* new messages in a row before an old one */
};

/* One message in one channel. */
struct send_job {
	uint64_t id;
	int64_t next; /* when to try again what is left */
	struct str sender;
	struct send_pass pass;
	uint32_t running; /* deliveries, and failures not noted yet */
	unsigned flags;   /* SEND_MAY_... */
	enum log_channel channel;
	bool busy;
	bool reading; /* the pass is open */
	bool dying;   /* a deferral is a failure */
	bool left;    /* some record stays T */
	bool damaged; /* the chan file is: it must be kept */
};

/* Jobs by number; a number stays valid while the job is busy, a pointer only
 * until the next job is opened. */
struct send_jobs {
	struct send_job *jobs;
	size_t n, cap;
	uint32_t *free; /* numbers; room for all */
	size_t n_free, free_cap;
	size_t open_files; /* chan files that jobs keep open */
	size_t max_files;
	struct str sender;   /* room for one VERP sender */
	uint64_t deliveries; /* started in our life */
};

/* What waits in one channel. */
struct send_queue {
	struct send_heap fresh;   /* came in since we started, not tried yet */
	struct send_heap waiting; /* the others */
	unsigned fresh_run;       /* fresh ones taken in a row */
	uint32_t passes[SEND_PASSES]; /* jobs that are being read */
	size_t n_passes;
	size_t turn;         /* whose turn it is */
	int64_t pause_until; /* there was no memory */
};

/* Starts deliveries of a channel: as many as there are free places, within
 * bounds that let the other work of a turn be done. */
void send_job_start(struct send *s, enum log_channel c);

/* When send_job_start() has work to do again; INT64_MAX when only a report can
 * change something. */
NODISCARD int64_t send_job_wake(const struct send *s, enum log_channel c);

/* Writes the D mark of one record; trouble is logged. */
void send_job_mark(struct send *s, uint32_t number, uint64_t offset);

/* One delivery or held failure of the job is over. */
void send_job_release(struct send *s, uint32_t number);

/* Writes the schedule into the mtimes of the chan files, for the next start. */
void send_job_save(struct send *s);

void send_job_free_all(struct send *s);

#endif
