/* SPDX-License-Identifier: ISC */
#ifndef MTA_SEND_SEND_START_H
#define MTA_SEND_SEND_START_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"

struct send;

/* Everything before the loop: home, control files, queue, lock, greetings.
 * wide: speak the wide protocol and work with qmail-todo (descriptors:
 * qmail/spawn_msg.h). 0; -1 after an alert in the log. */
NODISCARD int send_start(struct send *s, bool wide, int64_t now);

/* Frees everything; closes nothing that the end of the process closes. */
void send_free(struct send *s);

#endif
