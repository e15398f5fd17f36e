/* SPDX-License-Identifier: ISC */
#ifndef MTA_START_INSTANCE_H
#define MTA_START_INSTANCE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/attr.h"
#include "base/err.h"
#include "mta/start/procs.h"

/* The processes of one instance. Those that qmailctl started have a file
 * run/NAME.pid, a decimal number and LF:
 *
 *	qmail-send           (qmail-start, which becomes it)
 *	log-send, log-smtpd  multilog
 *	smtpd-ADDRESS:PORT   tcpserver
 */

enum { INSTANCE_NAME = 80 };

struct instance_process {
	char name[INSTANCE_NAME];
	pid_t pid;
};

/* Notes, or forgets, a process of ours in run/. home: its descriptor. */
NODISCARD int instance_save(int home, const char *name, pid_t pid,
    struct err *e);
void instance_forget(int home, const char *name);

/* The process of run/NAME.pid, if it lives and is what it was: its program has
 * the right name and it works inside this home. 0: there is none. */
NODISCARD pid_t instance_find(int home, const char *name);

/* All of run/, in no order; *list is free()d by the caller. Processes that are
 * gone are listed with pid 0. 0, or -1 without memory. */
NODISCARD int instance_list(int home, struct instance_process **list, size_t *n,
    struct err *e);

/* qmail-send of this home, however it was started: run/qmail-send.pid, else the
 * holder of queue/lock/sendmutex. 0: it does not run, as far as we may see. */
NODISCARD pid_t instance_sender(int home);

#endif
