/* SPDX-License-Identifier: ISC */
#ifndef QMAIL_REPAIR_INUSE_H
#define QMAIL_REPAIR_INUSE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"

/* Whether a qmail-send is at work on a queue, found without taking its lock:
 * even a shared lock would make one that starts just now give up.
 * Specification: qfixq.md section 6.1. */
struct inuse {
	bool live;
	uint64_t pid;  /* 0: not known */
	char name[64]; /* of that process, printable; "" when not known */
};

/* Looks at the system's table of locks for lock/sendmutex, and at processes
 * that work in the queue directory or queue/mess. proc_dir: "/proc", another
 * one for tests. */
void inuse_detect(int queue_dir, const char *proc_dir, struct inuse *u);

#endif
