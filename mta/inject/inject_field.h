/* SPDX-License-Identifier: ISC */
#ifndef MTA_INJECT_INJECT_FIELD_H
#define MTA_INJECT_INJECT_FIELD_H

#include "base/attr.h"
#include "base/err.h"
#include "base/span.h"
#include "mta/inject/inject.h"

/* Takes addresses out of one field of the message's header and appends the
 * field to m->header, rewritten, as it is, or not at all (inject.md 1.6). 0, or
 * -1 with *e. */
NODISCARD int inject_field_use(struct inject *m, struct span field,
    struct err *e);

#endif
