/* SPDX-License-Identifier: ISC */
#ifndef MTA_QUEUE_CLEAN_H
#define MTA_QUEUE_CLEAN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/span.h"
#include "base/str.h"
#include "qmail/queue_path.h"

/* What qmail-clean does, in the queue whose directory is the current one. */

enum {
	CLEAN_GARBAGE_S = 129600, /* age at which a file in pid/ is garbage */
	CLEAN_PID_EVERY = 31,     /* requests between two looks at pid/ */
};

/* A stream of requests and their answers. All zero but layout is the valid
 * start. */
struct clean {
	struct queue_layout layout;
	struct str request;   /* the beginning of one that is not complete */
	struct str answers;   /* to be sent */
	bool overlong;        /* request is too long; its rest is skipped */
	unsigned until_sweep; /* requests served before pid/ is looked at */
};

/* Serves the requests in bytes, which need not end where a request ends, and
 * appends one answer each to c->answers. now: unix seconds. */
void clean_feed(struct clean *c, struct span bytes, int64_t now);

/* Removes what is garbage in pid/, if it is time for that. To be called at the
 * start; clean_feed() does it by itself. */
void clean_sweep_if_due(struct clean *c, int64_t now);

void clean_free(struct clean *c);

#endif
