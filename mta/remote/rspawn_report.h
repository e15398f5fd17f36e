/* SPDX-License-Identifier: ISC */
#ifndef MTA_REMOTE_RSPAWN_REPORT_H
#define MTA_REMOTE_RSPAWN_REPORT_H

#include "base/str.h"
#include "qmail/spawn_loop.h"

enum {
	RSPAWN_OUTPUT_MAX = 65536,
	RSPAWN_NO_REMOTE = 111, /* status of a child that cannot execute */
};

/* Condenses what qmail-remote wrote (a report on the recipient, then one on the
 * message, each with a NUL behind it) into one report: letter, then text.
 * Specification: processes.md section 6.2. */
void rspawn_condense(struct span output, struct str *out);

/* The report() of struct spawn_family. */
void rspawn_report(const struct spawn_result *r, struct str *out);

#endif
