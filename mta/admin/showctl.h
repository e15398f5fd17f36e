/* SPDX-License-Identifier: ISC */
#ifndef MTA_ADMIN_SHOWCTL_H
#define MTA_ADMIN_SHOWCTL_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/out.h"
#include "qmail/site.h"

/* The report of qmail-showctl about the home that is the working directory.
 * Specification: control.md section 10. json: one object instead of text.
 * -1 with *e when control/ cannot be read at all. */
NODISCARD int showctl_report(const struct site *site, bool json,
    struct out *out, struct err *e);

#endif
