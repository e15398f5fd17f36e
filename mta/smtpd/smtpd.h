/* SPDX-License-Identifier: ISC */
#ifndef MTA_SMTPD_SMTPD_H
#define MTA_SMTPD_SMTPD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/span.h"
#include "base/str.h"
#include "net/ipme.h"
#include "qmail/accept.h"
#include "qmail/control.h"
#include "qmail/rcptcheck.h"
#include "qmail/received_smtp.h"
#include "qmail/site.h"

/* One session of the SMTP server. Specification: smtp.md section 1. */

enum {
	SMTPD_ENVELOPE_MAX = 4 * 1024 * 1024, /* bytes of stored recipients */
	SMTPD_BAD_COMMANDS = 20,              /* unknown ones before we close */
	SMTPD_LONG_LINES = 20,  /* over-long ones before we close */
	SMTPD_SESSION_S = 7200, /* default length of a session */
	SMTPD_INPUT = 32768,    /* bytes read at a time */
	SMTPD_MID_MAX = 250,    /* bytes kept of a Message-ID */
};

/* What the environment and the control files say; read once a session. */
struct smtpd_config {
	struct str greeting, localiphost;
	bool has_localiphost;
	struct str moreipme, notipme; /* NUL-terminated entries */
	uint32_t timeout_s, max_hops;
	uint64_t max_session_s; /* 0: no limit */
	uint64_t databytes;     /* 0: no limit */
	struct accept_rules accept;
	bool has_rcptcheck; /* unknown recipients are refused */
	struct rcptcheck rcptcheck;
	const char *relayclient;   /* NULL: not a relay client */
	struct received_smtp peer; /* all but helo and protocol */
	bool lax, allow_bare_lf, reject_bare_cr, log;
};

struct smtpd {
	const struct site *site;
	struct smtpd_config config;
	int in, out;
	int64_t started_ms; /* clock_monotonic_ms() */
	/* our addresses; listed when a literal first asks for them */
	struct ipme me;
	bool knows_me;
	char *input; /* SMTPD_INPUT bytes, unread ones at..end */
	size_t at, end;
	struct str reply; /* not yet sent */
	struct str helo;
	bool is_esmtp;
	/* the transaction */
	bool has_sender, is_bad_sender;
	struct str sender;
	struct str recipients; /* each with its NUL */
	uint64_t recipient_count;
	unsigned bad_commands, long_lines;
};

/* How a session or a step of it ends. */
enum smtpd_end {
	SMTPD_GO_ON,
	SMTPD_QUIT,   /* in order: exit 0 */
	SMTPD_BROKEN, /* anything else: exit 1 */
};

/* ---- smtpd_config.c ------------------------------------------------------ */

/* Reads what a session needs. 0; -1 with *e: answer 421 instead of greeting.
 */
NODISCARD int smtpd_config_load(struct smtpd_config *c, const struct site *site,
    struct err *e);
void smtpd_config_free(struct smtpd_config *c);

/* ---- smtpd_io.c ---------------------------------------------------------- */

void smtpd_reply(struct smtpd *s, const char *line); /* adds CR LF */
NODISCARD enum smtpd_end smtpd_flush(struct smtpd *s);

/* Makes unread bytes available, after sending what waits to be sent. Ends the
 * session on timeout (with its reply), end of input and errors. */
NODISCARD enum smtpd_end smtpd_fill(struct smtpd *s);
struct span smtpd_unread(const struct smtpd *s);

/* Reads one command line into *line, without its end. *fits is false when it
 * was too long and was skipped. */
NODISCARD enum smtpd_end smtpd_read_line(struct smtpd *s, struct str *line,
    bool *fits);

/* ---- smtpd_commands.c ---------------------------------------------------- */

/* Greets and serves until the end. */
NODISCARD enum smtpd_end smtpd_serve(struct smtpd *s);
void smtpd_end_transaction(struct smtpd *s);
/* Says so; what was stored meanwhile may be cut. */
enum smtpd_end smtpd_no_memory(struct smtpd *s);

/* ---- smtpd_data.c -------------------------------------------------------- */

/* DATA: takes the message and hands it to qmail-queue. */
NODISCARD enum smtpd_end smtpd_data(struct smtpd *s);

/* ---- smtpd_log.c --------------------------------------------------------- */

/* One line on descriptor 2 when SMTPD_LOG is set (loganalog.md section 2). */
void smtpd_log_accept(const struct smtpd *s, uint64_t bytes, int64_t qp,
    struct span message_id);
void smtpd_log_reject(const struct smtpd *s, unsigned code, const char *stage,
    struct span recipient);

#endif
