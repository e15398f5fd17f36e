/* SPDX-License-Identifier: ISC */
#ifndef MTA_SEND_PREPROCESS_H
#define MTA_SEND_PREPROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/span.h"
#include "mta/send/todo_group.h"
#include "mta/send/todo_hold.h"
#include "mta/send/todo_scan.h"
#include "mta/send/todo_work.h"
#include "qmail/queue_lock.h"

/* Preprocessing: accepted messages in todo/ become messages in delivery.
 * Specification: processes.md section 3.5, queue.md sections 3 and 8.3.
 *
 * qmail-todo does nothing else; qmail-send calls the same turns between its
 * deliveries where it works without qmail-todo. The caller polls:
 *
 *	struct pollfd f = {preprocess_fd(&p), POLLIN, 0};
 *	poll(&f, 1, 1000 * preprocess_wake(&p, now))
 *	if (f.revents != 0)
 *		preprocess_pulled(&p);
 *	preprocess_turn(&p, now, PREPROCESS_GROUP)
 *
 * Nothing sleeps. What cannot be done stays in todo/ and is tried again: after
 * ten seconds when the system refused, after an hour when the entry itself is
 * damaged (sooner when somebody changes it). */
enum { PREPROCESS_GROUP = TODO_GROUP_MAX };

struct preprocess {
	struct todo_work work;
	struct todo_scan scan;
	struct todo_hold hold;
	struct todo_group group;
	struct queue_trigger trigger;
	size_t group_max; /* as many as there are descriptors for */
	bool scanning;
	bool wanted;         /* the trigger was pulled */
	int64_t next_scan;   /* by the clock */
	int64_t pause_until; /* the system is in trouble */
};

/* Everything work borrows stays the caller's and must live as long. The first
 * turn scans. umask is the caller's: 077. */
void preprocess_open(struct preprocess *p, const struct todo_work *work);
void preprocess_close(struct preprocess *p);

/* Descriptor to poll for POLLIN, or -1. May differ from turn to turn. */
int preprocess_fd(const struct preprocess *p);

/* Seconds until the next turn has something to do, 0 = now. */
int64_t preprocess_wake(const struct preprocess *p, int64_t now);

/* preprocess_fd() was readable. */
void preprocess_pulled(struct preprocess *p);

/* Preprocesses the next group of at most max messages. -1 when the connection
 * to qmail-clean is lost; the group then is not reported, though it may be
 * done, and the caller has to end. */
NODISCARD int preprocess_turn(struct preprocess *p, int64_t now, size_t max);

#endif
