/* SPDX-License-Identifier: ISC */
#ifndef MTA_START_DAEMONS_H
#define MTA_START_DAEMONS_H

#include "base/attr.h"
#include "base/err.h"
#include "qmail/site.h"

/* What qmail-start starts. Specification: processes.md section 1.
 *
 * Descriptors, classic processes (0 and 1 of the spawners and of qmail-clean
 * come from and go to qmail-send; 2 is the log everywhere but in qmail-send):
 *
 *	qmail-send    0 log  1 > lspawn  2 < lspawn  3 > rspawn  4 < rspawn
 *	              5 > clean  6 < clean
 *	qmail-lspawn  0 < send  1 > send  2 log
 *	qmail-rspawn  0 < send  1 > send  2 log
 *	qmail-clean   0 < send  1 > send  2 log
 *
 * Wide, for qmail-send --wide, qmail-lspawn DEFAULT --wide, qmail-rspawn
 * --wide, in addition:
 *
 *	qmail-send    7 > todo  8 < todo
 *	qmail-todo    0 < send  1 > send  2 log  3 > clean  4 < clean
 *	qmail-clean   0 < todo  1 > todo  2 log        (a second one)
 */
struct daemons {
	const struct site *site;
	const char *delivery; /* default delivery instruction */
	char *const *logger;  /* program and arguments, or NULL */
	int log;              /* out: where a failure is to be reported */
};

/* Starts everything; this process becomes qmail-send. Returns, always -1, only
 * on failure. Daemons that were started by then end by themselves, because
 * their pipes close with this process. */
int daemons_start(struct daemons *d, struct err *e);

/* Writes the log line "LEVEL: qmail-start: TEXT" in one piece. */
void daemons_log(int log, const char *level, const char *text);

#endif
