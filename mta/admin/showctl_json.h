/* SPDX-License-Identifier: ISC */
#ifndef MTA_ADMIN_SHOWCTL_JSON_H
#define MTA_ADMIN_SHOWCTL_JSON_H

#include <stdint.h>

#include "fmt/json.h"
#include "mta/admin/showctl_file.h"
#include "qmail/site.h"

/* Parts of the JSON object of qmail-showctl. Arguments as of showctl_put.h. */

/* Leaves the array "files" open. */
void showctl_json_build(struct json *j, const struct site *site,
    uint64_t split);
void showctl_json_file(struct json *j, const struct showctl_file *f);

#endif
