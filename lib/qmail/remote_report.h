/* SPDX-License-Identifier: ISC */
#ifndef QMAIL_REMOTE_REPORT_H
#define QMAIL_REMOTE_REPORT_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/span.h"
#include "base/str.h"

/* What qmail-remote, or a program in its place, writes for qmail-rspawn.
 * Specification: processes.md sections 2.7 and 6.2.
 *
 *	r|h|s text NUL	the recipient: accepted, refused, refused for now;
 *			missing when none was tried
 *	K|Z|D text NUL	the message: accepted, deferred, refused */

/* Appends the one report that the spawner makes of it: letter (K, Z or D), then
 * text. Output without a result counts as refused. */
void remote_report_condense(struct span output, struct str *out);

/* True when output contains a whole report on the message. */
NODISCARD bool remote_report_has_result(struct span output);

#endif
