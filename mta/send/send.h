/* SPDX-License-Identifier: ISC */
#ifndef MTA_SEND_SEND_H
#define MTA_SEND_SEND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mta/send/send_channel.h"
#include "mta/send/send_clean.h"
#include "mta/send/send_config.h"
#include "mta/send/send_end.h"
#include "mta/send/send_garbage.h"
#include "mta/send/send_heap.h"
#include "mta/send/send_job.h"
#include "mta/send/send_letter.h"
#include "mta/send/send_load.h"
#include "mta/send/send_log.h"
#include "mta/send/send_report.h"
#include "mta/send/send_sync.h"
#include "mta/send/send_todo.h"
#include "mta/send/send_turn.h"
#include "qmail/queue_path.h"
#include "qmail/site.h"

/* The state of qmail-send. Messages flow one way through its modules:
 *
 *   send_todo, send_load  a message enters: an entry in the heap of each of
 *                         its channels, or in the heap of the done ones
 *   send_turn, send_job   a due entry becomes a job; its pass over the chan
 *                         file starts deliveries
 *   send_report           a report is logged, a failure noted in bounce/ID,
 *                         the record marked
 *   send_job              a job without deliveries goes back to the heap, or
 *                         its chan file is removed and the message is done
 *   send_end              notice to the sender (send_letter), removal
 *
 * Nothing waits for anybody, except for the log. Specification: processes.md
 * section 3. */

enum {
	SEND_CHANNELS = 2,     /* by enum log_channel */
	SEND_RETRY = 123,      /* seconds after trouble with a file */
	SEND_RETRY_BAD = 3600, /* with a damaged one, past the lifetime */
	SEND_PAUSE = 10,       /* seconds after trouble with memory or space */
};

struct send {
	struct site site;
	struct send_config config;
	struct send_log log;
	struct queue_layout layout;
	int queue;   /* descriptor of the queue directory */
	int64_t now; /* read once per turn of the loop */
	bool exit_asap;
	bool exit_now;
	struct send_channel channel[SEND_CHANNELS];
	struct send_queue waiting[SEND_CHANNELS];
	struct send_heap done; /* all recipients are done */
	struct send_jobs jobs;
	struct send_sync sync;
	struct send_clean clean;
	struct send_held held;
	struct send_end end;
	struct send_letters letters;
	struct send_load load;
	struct send_garbage garbage;
	struct send_todo todo;
};

/* The status line, as after each start and end of a delivery. */
void send_put_status(struct send *s);

/* Finish what is under way, then exit. */
void send_exit_asap(struct send *s);

/* One of our partners is gone: say so and exit as above. */
void send_lose_spawner(struct send *s, enum log_channel c);
void send_lose_clean(struct send *s);

/* True while a delivery is under way that can still be reported. */
bool send_is_delivering(const struct send *s);

static inline enum queue_kind
send_chan_kind(enum log_channel c)
{
	return c == LOG_LOCAL ? QUEUE_LOCAL : QUEUE_REMOTE;
}

#endif
