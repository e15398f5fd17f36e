/* SPDX-License-Identifier: ISC */
#ifndef MTA_LOCAL_LOCAL_MBOX_H
#define MTA_LOCAL_LOCAL_MBOX_H

#include "base/attr.h"
#include "base/err.h"
#include "base/span.h"
#include "mta/local/local_message.h"

enum local_mbox_status {
	LOCAL_MBOX_OK,
	LOCAL_MBOX_ABSENT,  /* cannot be opened: 4.2.1 */
	LOCAL_MBOX_TROUBLE, /* 4.3.0; what was there is as before, if locked */
};

/* Appends header (From_, Return-Path and Delivered-To lines) and message to the
 * file, creating it if need be; synced, and a new file's directory too.
 * Specification: local.md section 1.10. Uses SIGALRM while it waits for the
 * lock. */
NODISCARD enum local_mbox_status local_mbox_deliver(const char *path,
    struct span header, struct local_message *m, struct err *e);

#endif
