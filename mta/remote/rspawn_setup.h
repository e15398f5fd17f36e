/* SPDX-License-Identifier: ISC */
#ifndef MTA_REMOTE_RSPAWN_SETUP_H
#define MTA_REMOTE_RSPAWN_SETUP_H

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"
#include "qmail/spawn_loop.h"

/* What qmail-rspawn does before it greets: enters the home, finds its delivery
 * program (QMAILREMOTE, else qmail-remote), forgets the hosts that timed out.
 * program: filled here, must live as long as *loop. 0 or -1. */
NODISCARD int rspawn_setup_make(struct spawn_loop *loop, struct str *program,
    struct err *e);

#endif
