/* SPDX-License-Identifier: ISC */
#ifndef MTA_ADMIN_QREAD_H
#define MTA_ADMIN_QREAD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/out.h"

/* The list of qmail-qread. Specification: qtop.md part B1. */
struct qread_wish {
	bool json;      /* an object a line instead of the classic text */
	bool sort;      /* by birth instead of the order of the directories */
	bool with_todo; /* messages that wait for preprocessing as well */
	bool with_next; /* time of the next attempt of each channel */
	int64_t now;    /* for with_next */
};

/* queue_open_to_read() with the classic words in *e. */
NODISCARD int qread_open(const char *home, const char *queue, struct err *e);

/* Writes the list. 0; -1 with *e, all that could be read being written, when a
 * part of the queue could not be listed. */
NODISCARD int qread_list(int queue_dir, const struct qread_wish *wish,
    struct out *out, struct err *e);

/* How the list ends when one of the two failed: diagnostics go where the list
 * goes, as they always did. */
void qread_put_fatal(struct out *out, const struct err *e);

#endif
