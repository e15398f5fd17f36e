/* SPDX-License-Identifier: ISC */
#ifndef MTA_LOCAL_LOCAL_DELIVERY_H
#define MTA_LOCAL_LOCAL_DELIVERY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/span.h"
#include "base/str.h"
#include "mta/local/local_deliver.h"
#include "mta/local/local_env.h"
#include "mta/local/local_message.h"
#include "qmail/dotqmail.h"

/* A delivery under way; shared by the modules that make up local_deliver(). */
struct local_delivery {
	const struct local_job *job;
	struct local_result *result;
	struct local_message message;

	struct str lines; /* From_, Return-Path, Delivered-To */
	size_t rpline_at, dtline_at;

	struct dotqmail_address address;
	struct dotqmail_file file; /* fd is -1: there is none */
	struct str text;           /* the lines that are carried out */
	bool forward_only;
	unsigned counts[DOTQMAIL_OTHER + 1]; /* lines in text, by kind */

	struct str newsender;
	struct local_env env;

	struct span *recipients; /* of the copy to forward; point into text */
	size_t recipients_n, recipients_cap;
	unsigned files, programs; /* performed */
	bool stopped;             /* by a program's exit 99 */
	struct str path;          /* scratch: a name as a C string */
};

/* Every step returns an exit status and the delivery goes on while it is
 * LOCAL_DONE. These put "TEXT (#CODE)" into the report and return the status:
 * given, LOCAL_TEMPORARY, LOCAL_TEMPORARY. */
int local_fail(struct local_delivery *d, int status, const char *code,
    const char *text);
int local_defer(struct local_delivery *d, const char *code, const char *text);
int local_no_memory(struct local_delivery *d);

/* The Delivered-To line. */
struct span local_dtline(const struct local_delivery *d);

/* True when delivery to one Maildir is all there is to do: it needs no process
 * of its own, since this one ends right after it. */
bool local_is_lone_maildir(const struct local_delivery *d);

/* Everything before the first line is carried out: enters and examines the
 * home, looks for a loop, finds and loads the lines. */
NODISCARD int local_prepare(struct local_delivery *d);

/* Carries out, or in a dry run describes, line after line; addresses are only
 * collected. */
NODISCARD int local_run_lines(struct local_delivery *d);

#endif
