/* SPDX-License-Identifier: ISC */
#ifndef MTA_ADMIN_SHOWCTL_FILE_H
#define MTA_ADMIN_SHOWCTL_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "qmail/control.h"
#include "qmail/control_schema.h"

/* One control file as its readers see it. */
struct showctl_file {
	const struct control_row *row;
	enum control_status status;
	/* LINE: the value; LIST, MAP: entries, each with a NUL behind it; TEXT:
	 * all of it */
	struct str value;
	uint32_t number; /* INT */
	/* what the administrator should look at; empty when there is nothing */
	char problem[300];
};

/* Never fails: what cannot be read is a problem of the file. Reuses memory of
 * *f, which begins as all zero. */
void showctl_file_load(struct showctl_file *f, const struct control *c,
    const struct control_row *row);
void showctl_file_free(struct showctl_file *f);

#endif
