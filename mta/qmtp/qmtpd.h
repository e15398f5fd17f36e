/* SPDX-License-Identifier: ISC */
#ifndef MTA_QMTP_QMTPD_H
#define MTA_QMTP_QMTPD_H

#include <stdint.h>

#include "base/err.h"
#include "mta/qmtp/qmtp_in.h"
#include "qmail/accept.h"
#include "qmail/site.h"

/* One QMTP or QMQP session. Specification: smtp.md sections 4.1 and 4.2. */
struct qmtpd {
	const struct site *site;
	struct qmtp_in q;
	int out;
	struct accept_rules accept;
	uint64_t databytes;      /* 0: no limit */
	const char *relayclient; /* NULL: not a relay client */
};

/* Reads control files and environment. 0 or -1 with *e. */
NODISCARD int qmtpd_load(struct qmtpd *d, struct err *e);
void qmtpd_free(struct qmtpd *d);

/* Serves messages until the client is done. */
NODISCARD enum qmtp_end qmtpd_serve(struct qmtpd *d);

/* The trusted kind for null clients: one message, no limits but our own. */
NODISCARD enum qmtp_end qmqpd_serve(struct qmtpd *d);

#endif
