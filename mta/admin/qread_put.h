/* SPDX-License-Identifier: ISC */
#ifndef MTA_ADMIN_QREAD_PUT_H
#define MTA_ADMIN_QREAD_PUT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/out.h"
#include "base/str.h"
#include "qmail/queue_message.h"

/* How qmail-qread shows one message: opened, and read to its end here. */
struct qread_put {
	struct out *out;
	struct str line; /* kept from message to message */
	bool with_next;
	int64_t now;
};

/* bouncing: there is a bounce file. */
void qread_put_text(struct qread_put *p, struct queue_message *m,
    bool bouncing);
void qread_put_json(struct qread_put *p, struct queue_message *m,
    bool bouncing);

/* A message that could not be opened. */
void qread_put_text_trouble(struct qread_put *p, uint64_t id,
    const struct err *e);
void qread_put_json_trouble(struct qread_put *p, uint64_t id,
    const struct err *e);

#endif
