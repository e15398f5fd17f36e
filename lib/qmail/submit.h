/* SPDX-License-Identifier: ISC */
#ifndef QMAIL_SUBMIT_H
#define QMAIL_SUBMIT_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/out.h"
#include "base/span.h"
#include "base/str.h"
#include "qmail/site.h"

/* Hands one message to qmail-queue (or to the program that the environment
 * variable QMAILQUEUE names). All failures latch: callers put without tests
 * and ask once, at the end. Used by every program that queues mail.
 *
 *	submit_open(&q, &site, &e);  start qmail-queue
 *	submit_put(&q, ...);         the message
 *	submit_from(&q, sender);     the envelope
 *	submit_to(&q, recipient);
 *	letter = submit_close(&q, &text);
 *
 * Descriptors of the child: 0 message, 1 envelope, 6 and 4 (and the one named
 * by the environment variable ERROR_FD) one pipe for the text of exit 82 and
 * 88. SIGPIPE must be ignored. */
struct submit {
	pid_t pid; /* the "qp" of logs and replies */
	struct out message;
	struct out envelope;
	int error_fd;
	bool failed; /* a write failed or submit_fail() was called */
};

/* Appends what QMAILQUEUE names, or the path of qmail-queue. 0 or -1. */
NODISCARD int submit_find_program(const struct site *site, struct str *path,
    struct err *e);

/* Starts the program in the home; QMAILQUEUE is one path, executed as it is,
 * without arguments. 0, or -1 with *e: always temporary, and the text already
 * ends with its code, (#4.3.0). After -1 there is nothing to close. */
NODISCARD int submit_open(struct submit *q, const struct site *site,
    struct err *e);

/* Bytes of the message; before submit_from(). */
void submit_put(struct submit *q, struct span bytes);
void submit_put_cstr(struct submit *q, const char *text);

/* Ends the message and writes the sender; once, before submit_to(). */
void submit_from(struct submit *q, struct span sender);
void submit_to(struct submit *q, struct span recipient);

/* The message shall not be queued: whatever was written, qmail-queue will see
 * its envelope end before the closing NUL. submit_close() is still needed. */
void submit_fail(struct submit *q);

/* Ends the envelope, waits for qmail-queue and releases everything. Returns
 * 'K' (accepted), 'D' (permanent) or 'Z' (temporary) and, unless 'K', appends
 * a sentence with its enhanced code, "mail server permanently rejects message
 * (#5.3.0)", to *text. Text that the child itself gave is taken as it is, but
 * for bytes that are not printable ASCII. Never 'K' when a write failed. */
NODISCARD char submit_close(struct submit *q, struct str *text);

#endif
