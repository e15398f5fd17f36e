/* SPDX-License-Identifier: ISC */
#ifndef MTA_ADMIN_SHOWCTL_TEXT_H
#define MTA_ADMIN_SHOWCTL_TEXT_H

#include <stdint.h>

#include "base/str.h"
#include "mta/admin/showctl_file.h"
#include "qmail/ids.h"
#include "qmail/site.h"

/* The users in the order of the classic output. */
extern const enum ids_user showctl_users[IDS_USERS];

/* The text of qmail-showctl. Arguments as of showctl_put.h. */
void showctl_text_build(struct str *out, const struct site *site,
    uint64_t split, const struct err *e);
void showctl_text_file(struct str *out, const struct showctl_file *f);
void showctl_text_unknown(struct str *out, const char *name);

#endif
