/* SPDX-License-Identifier: ISC */
#ifndef MTA_SEND_SEND_CLEAN_H
#define MTA_SEND_SEND_CLEAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/span.h"
#include "base/str.h"
#include "qmail/clean_msg.h"

/* Requests to qmail-clean, which answers them in their order. Nothing here
 * waits. Specification: processes.md section 2.4. */
struct send_clean {
	int to, from; /* descriptors */
	bool lost;    /* qmail-clean is gone */
	struct str out;
	size_t out_at;
	struct clean_msg *asked; /* from asked_at on: not answered yet */
	size_t n_asked, asked_at, asked_cap;
};

/* 0 or -1 with errno. */
NODISCARD int send_clean_open(struct send_clean *c, int to, int from);
void send_clean_free(struct send_clean *c); /* not the descriptors */

/* False without memory; then nothing is asked. */
NODISCARD bool send_clean_ask(struct send_clean *c, enum clean_verb verb,
    uint64_t id);

/* Requests without an answer. */
size_t send_clean_waiting(const struct send_clean *c);
bool send_clean_has_output(const struct send_clean *c);

/* Writes what the pipe takes. -1 when qmail-clean is gone. */
NODISCARD int send_clean_flush(struct send_clean *c);

/* Reads answers: *n of them, for the requests *done borrows until the next
 * call, into answers (at most max). -1 when qmail-clean is gone. */
NODISCARD int send_clean_read(struct send_clean *c, char *answers, size_t max,
    const struct clean_msg **done, size_t *n);

/* Asks and waits for the answers, for preprocessing in qmail-send itself:
 * requests holds n of them as they are sent. Nothing else may be waiting. False
 * when qmail-clean is gone. */
NODISCARD bool send_clean_exchange(struct send_clean *c, struct span requests,
    size_t n, char *answers);

#endif
