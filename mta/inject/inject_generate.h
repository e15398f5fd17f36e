/* SPDX-License-Identifier: ISC */
#ifndef MTA_INJECT_INJECT_GENERATE_H
#define MTA_INJECT_INJECT_GENERATE_H

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"
#include "mta/inject/inject.h"

/* Sets m->sender from the environment unless there is one. 0 or -1. */
NODISCARD int inject_generate_sender(struct inject *m, struct err *e);

/* Appends the fields that the header lacks (inject.md 1.11). 0 or -1. */
NODISCARD int inject_generate_fields(struct inject *m, struct str *out,
    struct err *e);

#endif
