/* SPDX-License-Identifier: ISC */
#ifndef MTA_LOCAL_LOCAL_DELIVER_H
#define MTA_LOCAL_LOCAL_DELIVER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/str.h"

/* One local delivery, from home to exit status. Specification: local.md
 * section 1. Everything else in the local_* modules is its inside. */

enum {
	LOCAL_DONE = 0,
	LOCAL_PERMANENT = 100,
	LOCAL_TEMPORARY = 111,
};

/* The operands of qmail-local. */
struct local_job {
	const char *user;
	const char *home; /* absolute */
	const char *local;
	const char *dash;
	const char *ext;
	const char *domain;
	const char *sender;
	const char *default_delivery; /* lines, as in a .qmail file */
	bool dry_run;                 /* only say what would be done */
	int64_t now;                  /* unix seconds, for the From_ line */
};

struct local_result {
	struct str output; /* for standard output: actions, summary */
	struct str report; /* for standard error: what went wrong */
};

/* Delivers the message on descriptor 0, a seekable file. To be called once, in
 * a process of its own that has the ids of the user and ends soon after:
 * changes the working directory, the umask, the disposition of SIGPIPE and the
 * alarm clock, leaves descriptors open, may fork. Programs of .qmail lines get
 * descriptors 0, 1 and 2. Returns the exit status, LOCAL_*. */
NODISCARD int local_deliver(const struct local_job *job,
    struct local_result *result);

#endif
