/* SPDX-License-Identifier: ISC */
#ifndef MTA_INJECT_INJECT_DOMAINS_H
#define MTA_INJECT_INJECT_DOMAINS_H

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"
#include "fmt/rfc822_address.h"

/* Reads defaulthost, defaultdomain, plusdomain and idhost from control/ below
 * the current directory, and the environment variables that override them.
 * 0, or -1 with *e. */
NODISCARD int inject_domains_load(struct rfc822_completion *c,
    struct str *idhost, struct err *e);

#endif
