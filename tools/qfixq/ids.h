/* SPDX-License-Identifier: ISC */
#ifndef TOOLS_QFIXQ_IDS_H
#define TOOLS_QFIXQ_IDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tools/qfixq/job.h"

/* The messages that the command line names: --id, --stdin, --from-file and
 * those operands that a verb takes for messages. */
struct ids {
	bool given;     /* at least one of the ways was used */
	uint64_t *id;   /* ascending after ids_load(); not NULL when given */
	int64_t *birth; /* of the same index; 0: any */
	size_t n, cap, birth_cap;
};

/* 0; -1 with *e when something is no message number. */
NODISCARD int ids_load(struct ids *ids, const struct job *job, struct err *e);
void ids_free(struct ids *ids);

/* True when it is named. *birth: the one asked for, or 0. */
NODISCARD bool ids_have(const struct ids *ids, uint64_t id, int64_t *birth);

#endif
