/* SPDX-License-Identifier: ISC */
#ifndef MTA_SEND_SEND_TURN_H
#define MTA_SEND_SEND_TURN_H

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "mta/send/send_heap.h"
#include "qmail/log_record.h"

struct send;

/* Which delivery is started next. Messages of a channel take turns: a few of
 * them are open at a time, each starts one delivery in its turn, so that one
 * with many recipients does not hold up the others. */

enum {
	SEND_PASSES = 8,    /* messages of a channel that take turns */
	SEND_FRESH_RUN = 7, /* new messages in a row before an old one */
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
void send_turn_run(struct send *s, enum log_channel c);

/* When there is such work to do again; INT64_MAX when only a report can change
 * something. */
NODISCARD int64_t send_turn_wake(const struct send *s, enum log_channel c);

#endif
