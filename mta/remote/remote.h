/* SPDX-License-Identifier: ISC */
#ifndef MTA_REMOTE_REMOTE_H
#define MTA_REMOTE_REMOTE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/span.h"
#include "base/str.h"
#include "net/ipme.h"
#include "net/mx.h"
#include "qmail/constmap.h"
#include "qmail/smtproutes.h"

/* One remote delivery: a message, a host, a sender, recipients. The report
 * grows in memory and is written once. Specification: smtp.md section 2. */

/* Control files and environment. */
struct remote_config {
	struct str helohost;
	struct str outgoingip; /* NUL-terminated entries */
	struct ipme me;
	struct constmap routes, bindings;
	uint32_t timeout_connect_s, timeout_s;
	bool is_v6_first, strict_eol, greeting_is_fatal, login_is_optional;
	bool use_mxps;
};

struct remote {
	struct remote_config config;
	int message;  /* descriptor, at offset 0 */
	int lock_dir; /* queue/lock, -1 when it cannot be reached */
	pid_t pid;    /* makes the time a dead host is skipped vary */
	uint64_t seed;
	struct span host, sender;
	char *const *recipients; /* ends with NULL */
	size_t recipient_count;
	struct str report; /* recipient reports, then the message report */
};

/* How an attempt at one address ended. */
enum remote_end {
	REMOTE_FINAL,   /* the report is complete */
	REMOTE_NEXT,    /* try the next address; the report is what to say when
	                   there is none */
	REMOTE_REFUSED, /* the same, by a greeting with a code from 500 on */
};

/* ---- remote_config.c ----------------------------------------------------- */

/* Reads control files and environment. *seed: something that nobody can guess,
 * to shuffle hosts with. -1 with *e; remote_config_free() is due either way. */
NODISCARD int remote_config_load(struct remote_config *c, uint64_t *seed,
    struct err *e);
void remote_config_free(struct remote_config *c);

/* ---- remote_report.c ----------------------------------------------------- */

/* Appends one report: letter, text, LF, NUL. text ends with its code. */
void remote_report(struct remote *r, char letter, const char *text);
/* "LETTER BEFORE BYTES AFTER"; bytes made printable. */
void remote_report_name(struct remote *r, char letter, const char *before,
    struct span name, const char *after);
/* Forgets what was reported so far. */
void remote_report_reset(struct remote *r);

/* ---- remote_addresses.c -------------------------------------------------- */

/* Finds the addresses to try, *port with them. 0; -1: the report is complete.
 */
NODISCARD int remote_find_addresses(struct remote *r, struct mx_list *list,
    uint16_t *port);

/* ---- remote_try.c -------------------------------------------------------- */

/* What control/domainbindings says for a sender: the address to connect from
 * and perhaps the name to introduce ourselves with (else empty). False when
 * there is no usable entry. */
NODISCARD bool remote_find_binding(const struct constmap *bindings,
    struct span sender, struct ip *from, struct span *helo);

/* Tries the addresses until one decides. The report is complete after it. */
void remote_try_all(struct remote *r, const struct mx_list *list,
    uint16_t port);

/* ---- remote_smtp.c ------------------------------------------------------- */

/* Speaks SMTP over a connected descriptor. */
NODISCARD enum remote_end remote_smtp(struct remote *r, int fd,
    const struct ip *ip);

/* ---- remote_qmtp.c ------------------------------------------------------- */

/* True when a mail exchanger of this preference asks for QMTP. */
bool remote_wants_qmtp(uint32_t preference);

/* Speaks QMTP over a connected descriptor. size: bytes of the message. The
 * report is complete after it. */
void remote_qmtp(struct remote *r, int fd, const struct ip *ip, uint64_t size);

/* ---- remote_deliver.c ---------------------------------------------------- */

/* The whole delivery. host and recipients as of qmail-remote's arguments. The
 * report is complete after it; nothing is written. */
void remote_deliver(struct remote *r);

#endif
