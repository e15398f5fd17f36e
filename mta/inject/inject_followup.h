/* SPDX-License-Identifier: ISC */
#ifndef MTA_INJECT_INJECT_FOLLOWUP_H
#define MTA_INJECT_INJECT_FOLLOWUP_H

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"
#include "mta/inject/inject.h"

/* Mail-Followup-To: who writes to a mailing list he reads asks for answers to
 * the list only (inject.md 1.13). */

/* Reads the addresses of QMAILMFTFILE; a missing file means none. 0 or -1. */
NODISCARD int inject_followup_load(struct inject *m, struct err *e);

/* Appends the field if the message goes to one of these addresses. */
void inject_followup_put(const struct inject *m, struct str *out);

#endif
