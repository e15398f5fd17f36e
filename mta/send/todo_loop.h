/* SPDX-License-Identifier: ISC */
#ifndef MTA_SEND_TODO_LOOP_H
#define MTA_SEND_TODO_LOOP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"
#include "mta/send/preprocess.h"
#include "qmail/control.h"
#include "qmail/route.h"

/* The process qmail-todo: preprocessing, and the pipes to qmail-send and to a
 * qmail-clean of its own. Descriptors and bytes: qmail/todo_msg.h. */
struct todo_loop {
	struct control control;
	struct route route;
	struct preprocess pre;
	int queue;
	struct str line; /* one log line */
	struct str out;  /* records on their way to qmail-send */
	size_t sent;     /* of them, written */
	bool started;
	bool ending; /* write what is left, then exit */
	int exit_code;
};

/* Reads the control files and the layout of the queue; the current directory
 * is the home. 0 or -1. */
NODISCARD int todo_loop_open(struct todo_loop *l, struct err *e);
void todo_loop_close(struct todo_loop *l);

/* Works until qmail-send says stop or is gone. Returns the exit code: 0 then,
 * 111 when qmail-clean or the pipe to qmail-send was lost. */
NODISCARD int todo_loop_run(struct todo_loop *l);

#endif
