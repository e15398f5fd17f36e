/* SPDX-License-Identifier: ISC */
#ifndef MTA_QMTP_QMTP_MESSAGE_H
#define MTA_QMTP_QMTP_MESSAGE_H

#include <stdint.h>

#include "mta/qmtp/qmtp_in.h"
#include "qmail/site.h"
#include "qmail/submit.h"

/* A message on its way from a QMTP or QMQP client to qmail-queue. Whatever goes
 * wrong, everything the client sends is read, so that it can be answered. */
struct qmtp_message {
	struct submit queue;
	bool is_open;        /* qmail-queue could be started */
	bool has_bad_sender; /* too long, or with NUL */
	bool has_bad_recipient;
	bool is_too_big;
	uint64_t databytes, bytes;
};

/* Starts qmail-queue and writes the Received field. protocol: "QMTP". */
void qmtp_message_open(struct qmtp_message *m, const struct site *site,
    struct span protocol, uint64_t databytes, int64_t now);

/* The text of a QMTP message: its first byte says how lines end. With the
 * closing comma. length is not 0. */
NODISCARD enum qmtp_end qmtp_message_read_encoded(struct qmtp_message *m,
    struct qmtp_in *q, size_t length);

/* The text of a QMQP message, as it is, with the closing comma. */
NODISCARD enum qmtp_end qmtp_message_read_plain(struct qmtp_message *m,
    struct qmtp_in *q, size_t length);

/* The envelope: the sender, then each recipient that is accepted. */
NODISCARD enum qmtp_end qmtp_message_read_sender(struct qmtp_message *m,
    struct qmtp_in *q);

void qmtp_message_to(struct qmtp_message *m, struct span recipient);

/* Ends it and appends the answer: "Kok 1795165911 qp 16513", or a D or Z with
 * its reason. */
void qmtp_message_close(struct qmtp_message *m, int64_t now,
    struct str *answer);

/* The client broke off: nothing is queued. */
void qmtp_message_abandon(struct qmtp_message *m);

#endif
