/* SPDX-License-Identifier: ISC */
#ifndef MTA_SEND_TODO_WORK_H
#define MTA_SEND_TODO_WORK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/span.h"
#include "base/str.h"
#include "qmail/log_record.h"
#include "qmail/queue_path.h"
#include "qmail/route.h"

/* What the parts of preprocessing share: where the queue is, how recipients
 * are routed, and the process they work for. */

/* The process that preprocesses: qmail-todo, or qmail-send by itself. */
struct todo_host {
	void *self;
	void (*log)(void *self, const struct log_record *r);
	/* The message is out of todo/ for good: deliver it. */
	void (*message)(void *self, uint64_t id, bool local, bool remote);
	/* Sends n requests, as they stand in requests, to qmail-clean and then
	 * collects the n answers. False when the connection is lost. */
	bool (
	    *clean)(void *self, struct span requests, size_t n, char *answers);
};

struct todo_work {
	int queue; /* descriptor of the queue directory */
	struct queue_layout layout;
	const struct route *route;
	const char *who; /* "qmail-todo: " before warnings, or "" */
	struct todo_host host;
	/* A clock, or NULL: without it no group is synced as a whole, see
	 * mta/send/todo_sync.h. */
	int64_t (*microseconds)(void);
	struct str scratch; /* one log text or record at a time */
};

/* How far an entry of todo/ got. */
enum todo_result {
	TODO_READY,   /* written; the group may go on with it */
	TODO_GONE,    /* there is no such entry any more */
	TODO_DAMAGED, /* stays as it is until somebody repairs it */
	TODO_TROUBLE, /* the system refused; perhaps only this entry */
	TODO_HALT,    /* the system refused what the next entry needs too */
};

/* TODO_TROUBLE or TODO_HALT, from an errno of a call that wrote. */
enum todo_result todo_result_from(int sys);

/* Log lines "warning: WHO TEXT FILE" and "alert: WHO TEXT FILE TAIL". */
void todo_warn(struct todo_work *w, const char *text, const char *file);
void todo_alert(struct todo_work *w, const char *text, const char *file,
    const char *tail);

/* For todo_host.clean, over two pipes that nobody else uses meanwhile. */
NODISCARD bool todo_clean_exchange(int to, int from, struct span requests,
    size_t n, char *answers);

#endif
