/* SPDX-License-Identifier: ISC */
#ifndef QMAIL_RECEIVED_SMTP_H
#define QMAIL_RECEIVED_SMTP_H

#include <stdint.h>

#include "base/span.h"
#include "base/str.h"

/* The Received field of the network servers (smtp.md 1.14):
 *
 *	Received: from HOST (HELO NAME) (INFO@IP)
 *	  by LOCAL with PROTOCOL; 20 Nov 2026 09:11:09 -0000
 *
 * "(HELO NAME)" only if the name is not the host's, "INFO@" only if known
 * (info.p NULL otherwise). Bytes that could mean something in a header are
 * written as question marks. */
struct received_smtp {
	struct span host, helo, info, ip, local;
	struct span protocol; /* "SMTP", "ESMTP", "QMTP", "QMQP" */
};

/* Fills host, info, ip and local from the TCP environment (TCPREMOTEHOST,
 * TCPREMOTEINFO, TCPREMOTEIP, TCPLOCALHOST or TCPLOCALIP). An IPv4 address
 * written as ::ffff:192.0.2.1 loses its prefix. */
void received_smtp_from_environment(struct received_smtp *r);

/* Appends the Received lines. now: unix seconds. */
void received_smtp_put(struct str *out, const struct received_smtp *r,
    int64_t now);

#endif
