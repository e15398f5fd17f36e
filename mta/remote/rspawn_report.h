/* SPDX-License-Identifier: ISC */
#ifndef MTA_REMOTE_RSPAWN_REPORT_H
#define MTA_REMOTE_RSPAWN_REPORT_H

#include "base/str.h"
#include "qmail/spawn_loop.h"

enum {
	RSPAWN_OUTPUT_MAX = 65536,
	RSPAWN_NO_REMOTE = 111, /* status of a child that cannot execute */
};

/* What the end of a remote delivery means. Specification: processes.md section
 * 6.2. */

/* The report() of struct spawn_family. */
void rspawn_report(const struct spawn_result *r, struct str *out);

#endif
