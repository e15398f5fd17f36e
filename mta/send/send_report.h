/* SPDX-License-Identifier: ISC */
#ifndef MTA_SEND_SEND_REPORT_H
#define MTA_SEND_SEND_REPORT_H

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/str.h"
#include "qmail/log_record.h"
#include "qmail/spawn_msg.h"

struct send;

/* What becomes of a report. Specification: processes.md sections 3.2 and 3.3:
 * log line first, then the text in bounce/ID, synced, then the D mark. */

enum { SEND_HELD_MAX = 256 };

/* A failure whose text could not be written: the recipient is marked when it
 * was. */
struct send_failure {
	uint32_t job;
	uint64_t offset;
	struct str paragraph;
};

struct send_held {
	struct send_failure *failures;
	size_t n, cap;
	int64_t again; /* when to try; meaningful while n > 0 */
};

/* What a spawner says about a delivery: log line, D mark, bounce paragraph. */
void send_report_take(struct send *s, enum log_channel c,
    const struct spawn_report *r);

/* Tries the held failures again when it is time. */
void send_report_retry(struct send *s);
NODISCARD int64_t send_report_wake(const struct send *s);

void send_report_free_all(struct send *s);

#endif
