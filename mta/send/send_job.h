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

#define SEND_NO_JOB UINT32_MAX

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

/* A message that is due begins: *number becomes its job, whose pass is open; or
 * SEND_NO_JOB when its files cannot be opened: that is logged, and it waits
 * again. False, and nothing changed, without memory. */
NODISCARD bool send_job_open(struct send *s, enum log_channel c,
    const struct send_entry *entry, uint32_t *number);

/* Its pass is over. */
void send_job_end_pass(struct send *s, uint32_t number);

/* Writes the D mark of one record; trouble is logged. */
void send_job_mark(struct send *s, uint32_t number, uint64_t offset);

/* One delivery or held failure of the job is over. */
void send_job_release(struct send *s, uint32_t number);

/* Writes the schedule into the mtimes of the chan files, for the next start. */
void send_job_save(struct send *s);

void send_job_free_all(struct send *s);

#endif
