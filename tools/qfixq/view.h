/* SPDX-License-Identifier: ISC */
#ifndef TOOLS_QFIXQ_VIEW_H
#define TOOLS_QFIXQ_VIEW_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"
#include "base/str.h"
#include "qmail/repair/inventory.h"

/* One message as people want to see it. Borrows from the inventory's message,
 * which must have been read with INVENTORY_DEEP. */
struct view {
	const struct inventory_message *m;
	int64_t birth;
	int64_t next; /* of the earliest list with work; 0: none */
	uint64_t size;
	struct span sender;
	bool has_sender;
	uint64_t waiting, all; /* recipients */
	const char *state;     /* "S5", "damaged" */
};

void view_of(struct view *v, const struct inventory_message *m);

/* Steps through recipients, todo's if the message has that, else both lists'.
 */
struct view_recipient {
	enum queue_kind kind; /* QUEUE_TODO, QUEUE_LOCAL, QUEUE_REMOTE */
	bool done;
	struct span address;
	/* private */
	bool begun;
	uint64_t at;
};
NODISCARD bool view_next(const struct view *v, struct view_recipient *r);

/* "2d1h", "4m", "12k": at most five characters or so. */
void view_put_span_of_time(struct str *out, int64_t seconds);
void view_put_size(struct str *out, uint64_t bytes);

#endif
