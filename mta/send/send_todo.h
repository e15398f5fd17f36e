/* SPDX-License-Identifier: ISC */
#ifndef MTA_SEND_SEND_TODO_H
#define MTA_SEND_SEND_TODO_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/str.h"
#include "mta/send/preprocess.h"

struct send;

/* Where new messages come from: qmail-todo tells us (wide), or we preprocess
 * them ourselves, a few at a time between deliveries (classic). */

struct send_todo {
	bool wide;
	bool started;
	bool stopped;  /* asked to stop */
	bool over;     /* nothing comes any more */
	int to, from;  /* wide: descriptors */
	struct str in; /* wide: records not handled yet, from in_at on */
	size_t in_at;
	int64_t pause_until;    /* there was no memory for a message */
	struct preprocess *pre; /* classic */
};

/* 0 or -1 with errno. */
NODISCARD int send_todo_open_wide(struct send *s, int to, int from);
NODISCARD int send_todo_open_classic(struct send *s);

/* Once everything is ready for messages. */
void send_todo_start(struct send *s);

/* Descriptor to be polled for POLLIN, -1 for none. */
int send_todo_fd(const struct send *s);

/* That descriptor is readable. */
void send_todo_read(struct send *s);

/* The work of one turn, and when there is some. */
void send_todo_run(struct send *s);
NODISCARD int64_t send_todo_wake(const struct send *s);

/* locals and virtualdomains have changed. */
void send_todo_hup(struct send *s);

/* No more messages: s->todo.over becomes true, now or later. */
void send_todo_stop(struct send *s);

void send_todo_free(struct send *s);

#endif
