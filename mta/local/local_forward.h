/* SPDX-License-Identifier: ISC */
#ifndef MTA_LOCAL_LOCAL_FORWARD_H
#define MTA_LOCAL_LOCAL_FORWARD_H

#include <stddef.h>
#include <sys/types.h>

#include "base/attr.h"
#include "base/span.h"
#include "base/str.h"
#include "mta/local/local_message.h"

/* A copy of the message for other addresses. */
struct local_forward {
	struct span dtline; /* goes in front of the message */
	struct span sender;
	const struct span *recipients; /* literally, in this order */
	size_t n;
};

/* Queues the copy. Returns 'K' with the process id of qmail-queue, or 'D'
 * (permanent) or 'Z' (temporary) with a sentence and its code appended to
 * *text. The environment of qmail-queue is ours. */
NODISCARD char local_forward_send(const struct local_forward *f,
    struct local_message *m, pid_t *pid, struct str *text);

#endif
