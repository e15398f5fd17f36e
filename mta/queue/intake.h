/* SPDX-License-Identifier: ISC */
#ifndef MTA_QUEUE_INTAKE_H
#define MTA_QUEUE_INTAKE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/attr.h"
#include "qmail/queue_exit.h"
#include "qmail/site.h"

enum {
	INTAKE_MESSAGE_FD = 0,
	INTAKE_ENVELOPE_FD = 1,
	INTAKE_BUFFER = 65536, /* bytes of the work buffer */
};

/* All that qmail-queue knows about the message it is about to read. */
struct intake {
	const struct site *site;
	uid_t uid; /* who called us */
	pid_t pid;
	int64_t now;
	char *buf; /* INTAKE_BUFFER bytes */
};

/* Reads message and envelope from their descriptors and puts them into the
 * queue, which is the current directory. Returns the exit status; unless it is
 * QUEUE_EXIT_OK nothing is left in the queue, except that a failure after the
 * link into todo/ leaves the whole message there. */
NODISCARD enum queue_exit intake_run(const struct intake *in);

#endif
