/* SPDX-License-Identifier: ISC */
#ifndef QMAIL_QUEUE_EXIT_H
#define QMAIL_QUEUE_EXIT_H

#include "base/str.h"

/* Exit statuses of qmail-queue and what every caller makes of them.
 * Specification: queue.md section 4.1, inject.md section 1.14. */
enum queue_exit {
	QUEUE_EXIT_OK = 0,
	QUEUE_EXIT_LONG_ADDRESS = 11,
	QUEUE_EXIT_REFUSED = 31,
	QUEUE_EXIT_POLICY = 33, /* 33 and 34: refused for policy reasons */
	QUEUE_EXIT_POLICY2 = 34,
	QUEUE_EXIT_MEMORY = 51,
	QUEUE_EXIT_TIMEOUT = 52,
	QUEUE_EXIT_WRITE = 53,
	QUEUE_EXIT_READ = 54,
	QUEUE_EXIT_CONFIG = 55,
	QUEUE_EXIT_NETWORK = 56,
	QUEUE_EXIT_HOME = 61,
	QUEUE_EXIT_QUEUE_DIR = 62,
	QUEUE_EXIT_PID = 63,
	QUEUE_EXIT_MESS = 64,
	QUEUE_EXIT_INTD = 65,
	QUEUE_EXIT_TODO = 66,
	QUEUE_EXIT_REFUSED_NOW = 71,
	QUEUE_EXIT_CONNECT_TIMEOUT = 72,
	QUEUE_EXIT_CONNECT_REFUSED = 73,
	QUEUE_EXIT_CONNECTION_LOST = 74,
	QUEUE_EXIT_BUG = 81,
	QUEUE_EXIT_CUSTOM = 82,  /* text on descriptor 6 or 4 */
	QUEUE_EXIT_CUSTOM2 = 88, /* the same in other trees */
	QUEUE_EXIT_ENVELOPE = 91,
	QUEUE_EXIT_LONG_ADDRESS_OLD = 115,
	QUEUE_EXIT_CANNOT_RUN = 120, /* the caller's child could not exec */
};

/* Class, text and enhanced status code of one status. */
struct queue_exit_row {
	int status;
	char letter;      /* 'K' accepted, 'D' permanent, 'Z' temporary */
	const char *text; /* a sentence without final dot and code */
	const char *dsn;  /* "5.1.3" */
};

/* The row for any status: exact, else by range (11..40 permanent, everything
 * else temporary). Never NULL. */
const struct queue_exit_row *queue_exit_find(int status);

/* The row for a qmail-queue that a signal ended. */
const struct queue_exit_row *queue_exit_crashed(void);

/* Appends "TEXT (#DSN)", the form in which users see it. */
void queue_exit_put(struct str *out, const struct queue_exit_row *row);

#endif
