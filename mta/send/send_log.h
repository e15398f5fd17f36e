/* SPDX-License-Identifier: ISC */
#ifndef MTA_SEND_SEND_LOG_H
#define MTA_SEND_SEND_LOG_H

#include "base/attr.h"
#include "base/span.h"
#include "base/str.h"
#include "qmail/log_record.h"

/* The log of qmail-send: each line is one write(2), and no line is ever
 * dropped: a logger that does not read holds us up. */
struct send_log {
	int fd;
	struct str line; /* keeps its memory */
};

/* Writes one record as its line. */
void send_log_record(struct send_log *log, const struct log_record *r);

/* A complete line with its LF, as it is. */
void send_log_line(struct send_log *log, struct span line);

/* "alert: TEXT" and "warning: TEXT". Untrusted text in them must be log-safe
 * already. */
void send_log_alert(struct send_log *log, const char *fmt, ...) PRINTF(2, 3);
void send_log_warning(struct send_log *log, const char *fmt, ...) PRINTF(2, 3);

#endif
