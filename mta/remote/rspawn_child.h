/* SPDX-License-Identifier: ISC */
#ifndef MTA_REMOTE_RSPAWN_CHILD_H
#define MTA_REMOTE_RSPAWN_CHILD_H

#include "qmail/spawn_msg.h"

/* The deliver() of struct spawn_family: executes a delivery program as
 * "qmail-remote HOST SENDER RECIPIENT". arg: its path, or a bare name to be
 * found along PATH. */
void rspawn_deliver(const void *arg, const struct spawn_command *c);

#endif
