/* SPDX-License-Identifier: ISC */
#ifndef MTA_LOCAL_LOCAL_MAILDIR_H
#define MTA_LOCAL_LOCAL_MAILDIR_H

#include <stdint.h>
#include <sys/types.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/span.h"
#include "base/str.h"
#include "mta/local/local_message.h"

/* Also exit statuses of the child that delivers. */
enum local_maildir_status {
	LOCAL_MAILDIR_OK = 0,
	LOCAL_MAILDIR_TROUBLE = 1, /* 4.3.0 */
	LOCAL_MAILDIR_ABSENT = 2,  /* cannot be entered: 4.2.1 */
	LOCAL_MAILDIR_TIMEOUT = 3, /* 4.3.0 */
	LOCAL_MAILDIR_READ = 4,    /* message cannot be read: 4.3.0 */
};

/* Appends "SECONDS.UNIQUE.HOST"; UNIQUE is the process id followed by six
 * digits of microseconds, so that it is also unique among several deliveries of
 * one process. "/" and ":" of the host are written \057 and \072. */
void local_maildir_put_name(struct str *out, int64_t now_us, pid_t pid,
    struct span host);

/* Puts header and message into the Maildir: synced, linked into new/, new/
 * synced. On failure nothing is left in tmp/, and nothing in new/ unless the
 * sync of that directory failed. Some descriptors stay open: call it in a
 * process that ends soon. now_us: unix microseconds. */
NODISCARD enum local_maildir_status local_maildir_deliver(const char *maildir,
    struct span header, struct local_message *m, int64_t now_us, struct err *e);

/* The same in a child, so that what goes on with further lines survives
 * whatever happens in there. */
NODISCARD enum local_maildir_status local_maildir_deliver_forked(
    const char *maildir, struct span header, struct local_message *m,
    int64_t now_us, struct err *e);

#endif
