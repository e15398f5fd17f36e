/* SPDX-License-Identifier: ISC */
#ifndef QMAIL_LOG_RECORD_H
#define QMAIL_LOG_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/span.h"
#include "base/str.h"

/* Lines of qmail-send's log, writer and parser from one table. Specification:
 * processes.md section 8. */

enum log_kind {
	LOG_STATUS,       /* status: local A/B remote C/D[ exitasap] */
	LOG_EXITING,      /* status: exiting */
	LOG_NEW,          /* new msg ID */
	LOG_INFO,         /* info msg ID: bytes N from <SENDER> qp QP uid UID */
	LOG_STARTING,     /* starting delivery DEL: msg ID to CHANNEL RCPT */
	LOG_SUCCESS,      /* delivery DEL: success: TEXT */
	LOG_DEFERRAL,     /* delivery DEL: deferral: TEXT */
	LOG_FAILURE,      /* delivery DEL: failure: TEXT */
	LOG_MANGLED,      /* delivery DEL: report mangled, will defer */
	LOG_BOUNCE,       /* bounce msg ID qp QP */
	LOG_TRIPLE,       /* triple bounce: discarding bounce/ID */
	LOG_END,          /* end msg ID */
	LOG_ALERT,        /* alert: TEXT */
	LOG_WARNING,      /* warning: TEXT */
	LOG_OTHER_STATUS, /* status: TEXT, of any other shape */
	LOG_KINDS         /* count */
};

enum log_channel { LOG_LOCAL, LOG_REMOTE };

/* One line. Which fields count depends on the kind; the others are zero. */
struct log_record {
	enum log_kind kind;
	uint64_t message;  /* ID */
	uint64_t delivery; /* DEL */
	uint64_t bytes, qp, uid;
	enum log_channel channel;
	uint64_t used[2], limit[2]; /* by channel */
	bool exit_asap;
	/* SENDER, RCPT or TEXT. When written: raw bytes, made log-safe where
	 * the specification says so (sender, recipient, report text). When
	 * parsed: as they stand in the line. Borrowed. */
	struct span text;
};

/* Appends the line with its LF. */
void log_record_put(struct str *out, const struct log_record *r);

/* line: without time stamp and LF. False when it is no line of qmail-send.
 * Tails that other family members append (" supplN A/B", words after an id)
 * are ignored; a delivery number "N.ident" is N. */
NODISCARD bool log_record_parse(struct span line, struct log_record *r);

#endif
