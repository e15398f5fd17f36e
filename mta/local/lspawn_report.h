/* SPDX-License-Identifier: ISC */
#ifndef MTA_LOCAL_LSPAWN_REPORT_H
#define MTA_LOCAL_LSPAWN_REPORT_H

#include "base/str.h"
#include "qmail/spawn_loop.h"

/* What the end of a local delivery means. Specification: processes.md section
 * 6.1. The statuses by which the child of qmail-lspawn says that it did not
 * come as far as qmail-local: */
enum {
	LSPAWN_INTERNAL = 112,
	LSPAWN_ROOT = 113,
	LSPAWN_STAT = 115,
	LSPAWN_NO_ALIAS = 116,
	LSPAWN_CDB = 117,
	LSPAWN_SYSTEM = 118,
	LSPAWN_MEMORY = 119,
	LSPAWN_NO_LOCAL = 120, /* qmail-local cannot be executed */
	LSPAWN_NO_GETPW = 121, /* qmail-getpw cannot be executed */
};

enum { LSPAWN_OUTPUT_MAX = 3000 };

/* The report() of struct spawn_family. */
void lspawn_report(const struct spawn_result *r, struct str *out);

#endif
