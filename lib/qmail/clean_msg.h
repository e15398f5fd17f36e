/* SPDX-License-Identifier: ISC */
#ifndef QMAIL_CLEAN_MSG_H
#define QMAIL_CLEAN_MSG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/span.h"
#include "base/str.h"

/* What qmail-send and qmail-todo ask of qmail-clean: one request, "todo/ID" or
 * "foop/ID" with a NUL, is answered by exactly one byte. Specification:
 * processes.md section 2.4.
 *
 *   todo   preprocessed: remove intd/ID, then todo/ID
 *   foop   finished, or garbage: remove intd/ID, then mess/S/ID */

enum clean_verb { CLEAN_TODO, CLEAN_FOOP };

struct clean_msg {
	enum clean_verb verb;
	uint64_t id;
	/* Queues with split todo may say todo/S/ID; then sub is S, which the
	 * receiver has to compare with the subdirectory of id. */
	bool has_sub;
	uint64_t sub;
};

enum {
	CLEAN_ANSWER_DONE = '+',
	CLEAN_ANSWER_FAILED = '!',    /* a file could not be removed */
	CLEAN_ANSWER_MALFORMED = 'x', /* nothing was done */
	CLEAN_MSG_MIN = 7,            /* bytes of a request with its NUL */
	CLEAN_MSG_MAX = 100,
};

/* Appends the request with its NUL; the form without S unless has_sub. */
void clean_msg_put(struct str *out, const struct clean_msg *m);

/* request: without its NUL. False for anything but the exact forms with
 * canonical numbers. */
NODISCARD bool clean_msg_parse(struct span request, struct clean_msg *m);

#endif
