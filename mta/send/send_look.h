/* SPDX-License-Identifier: ISC */
#ifndef MTA_SEND_SEND_LOOK_H
#define MTA_SEND_SEND_LOOK_H

#include <stdint.h>

#include "base/attr.h"
#include "qmail/queue_path.h"

struct send;

enum send_presence { SEND_ABSENT, SEND_PRESENT, SEND_UNKNOWN };

/* Whether a message has a file of this kind. SEND_UNKNOWN was logged: the
 * message has to wait. mtime: set with SEND_PRESENT; may be NULL. */
NODISCARD enum send_presence send_look(struct send *s, enum queue_kind kind,
    uint64_t id, int64_t *mtime);

#endif
