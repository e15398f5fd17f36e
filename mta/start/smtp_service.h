/* SPDX-License-Identifier: ISC */
#ifndef MTA_START_SMTP_SERVICE_H
#define MTA_START_SMTP_SERVICE_H

#include <sys/types.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"
#include "mta/start/ctl.h"
#include "mta/start/listener.h"

/* tcpserver and qmail-smtpd, as control/smtplisten asks for them. */

enum { SMTP_LISTENERS = 64 };

struct smtp_service {
	struct listener listener[SMTP_LISTENERS];
	size_t n;
	pid_t pid[SMTP_LISTENERS]; /* of its tcpserver, once started */
	struct str program;        /* qmail-smtpd */
	struct str limit;          /* control/concurrencyincoming, or empty */
	bool has_rules;            /* control/tcp.smtp.cdb is there */
};

/* Reads the control files and finds out whether the service can be started:
 * rcpthosts, qmail-smtpd, free ports. n is 0 when no service is wanted. 0 or
 * -1; smtp_service_free() after both. */
NODISCARD int smtp_service_load(struct smtp_service *s, const struct ctl *c,
    struct err *e);
void smtp_service_free(struct smtp_service *s);

/* Starts a tcpserver for each listener, with log as standard output and
 * error, and saves their pids. 0 or -1. */
NODISCARD int smtp_service_start(struct smtp_service *s, const struct ctl *c,
    int log, struct err *e);

/* "smtpd-127.0.0.1:25", the name of a listener's pid file. */
void smtp_service_name(const struct listener *l, char *name, size_t size);

#endif
