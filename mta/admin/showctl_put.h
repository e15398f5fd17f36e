/* SPDX-License-Identifier: ISC */
#ifndef MTA_ADMIN_SHOWCTL_PUT_H
#define MTA_ADMIN_SHOWCTL_PUT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/out.h"
#include "base/str.h"
#include "fmt/json.h"
#include "mta/admin/showctl_file.h"
#include "qmail/site.h"

/* How qmail-showctl writes, as text or as one JSON object. Begins as
 * {.out = ..., .is_json = ...}; the calls come in the order below. */
struct showctl_put {
	struct out *out;
	bool is_json;
	struct json json;
	struct str line;
	bool in_unknown; /* JSON: the array of unknown files is open */
};

/* Nothing is written before this. */
void showctl_put_begin(struct showctl_put *p);

/* split 0: unknown, for the reason in e. */
void showctl_put_build(struct showctl_put *p, const struct site *site,
    uint64_t split, const struct err *e);
void showctl_put_file(struct showctl_put *p, const struct showctl_file *f);
void showctl_put_unknown(struct showctl_put *p, const char *name);
void showctl_put_end(struct showctl_put *p); /* releases memory */

#endif
