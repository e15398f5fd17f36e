/* SPDX-License-Identifier: ISC */
#ifndef MTA_QMTP_QMQPC_H
#define MTA_QMTP_QMQPC_H

#include "base/attr.h"
#include "qmail/queue_exit.h"

/* The null client: takes a message as qmail-queue does and hands it to a QMQP
 * server. Specification: smtp.md section 4.3. message, envelope: descriptors.
 * Returns the exit status. */
NODISCARD enum queue_exit qmqpc_run(int message, int envelope);

#endif
