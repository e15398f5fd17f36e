/* SPDX-License-Identifier: ISC */
#ifndef MTA_SEND_SEND_LOAD_H
#define MTA_SEND_SEND_LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "mta/send/send_heap.h"

struct send;

/* What is in the queue when we start. The names in info/ are read at once,
 * before anything new is preprocessed; the files behind them are looked at in
 * slices, while new mail is being delivered. Specification: processes.md
 * section 3.1, queue.md section 8.4. */
struct send_load {
	bool listed;   /* the names are read */
	uint64_t *ids; /* from at on: not looked at yet */
	size_t n, cap, at;
	struct send_heap failed; /* to be looked at again */
	int64_t pause_until;
	bool all_due; /* ALRM came before the list was worked off */
};

/* Reads the names, as soon as that is possible. */
void send_load_list(struct send *s);

/* Looks at the next slice. */
void send_load_run(struct send *s);
NODISCARD int64_t send_load_wake(const struct send *s);

/* What is not looked at yet is due now, too. */
void send_load_all_due(struct send *s);

void send_load_free(struct send *s);

/* A message comes in: entries for its channels, due at the given times, or
 * none when it has no recipients left. flags: SEND_MAY_BOUNCE or 0. False, and
 * nothing changed, without memory. */
NODISCARD bool send_load_add(struct send *s, uint64_t id, const bool has[2],
    const int64_t when[2], unsigned flags, bool is_fresh);

#endif
