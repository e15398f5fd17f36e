/* SPDX-License-Identifier: ISC */
#ifndef QMAIL_TODO_MSG_H
#define QMAIL_TODO_MSG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/span.h"
#include "base/str.h"

/* What qmail-todo tells qmail-send, and the single bytes it is told.
 * Specification: processes.md section 2.5.
 *
 * Descriptors of qmail-todo:
 *
 *	0  < qmail-send   the single bytes below
 *	1  > qmail-send   records, each with a NUL
 *	2  > log          only for trouble at the start
 *	3  > qmail-clean  a qmail-clean of its own, see qmail/clean_msg.h
 *	4  < qmail-clean
 *
 * It does nothing before TODO_START, and ends when 0 does. */

enum {
	TODO_START = 'S', /* qmail-send is ready: begin */
	TODO_HUP = 'H',   /* read locals and virtualdomains again */
	TODO_STOP = 'X',  /* finish what is under way, say X, exit */
	TODO_RECORD_MAX = 10000,
};

enum todo_msg_kind {
	TODO_MSG_LOG,     /* L: a complete log line with its LF */
	TODO_MSG_MESSAGE, /* D: a message was preprocessed */
	TODO_MSG_STOPPED, /* X */
	TODO_MSG_BAD,     /* anything else */
};

struct todo_msg {
	enum todo_msg_kind kind;
	struct span line;   /* LOG; borrowed */
	uint64_t id;        /* MESSAGE */
	bool local, remote; /* MESSAGE: which channels have recipients */
};

/* Appends the record with its NUL. */
void todo_msg_put(struct str *out, const struct todo_msg *m);

/* record: without its NUL. */
void todo_msg_parse(struct span record, struct todo_msg *m);

#endif
