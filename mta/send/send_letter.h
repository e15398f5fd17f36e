/* SPDX-License-Identifier: ISC */
#ifndef MTA_SEND_SEND_LETTER_H
#define MTA_SEND_SEND_LETTER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/attr.h"
#include "base/str.h"
#include "qmail/bounce.h"

struct send;

/* Failure notices on their way into qmail-queue, which runs as a child and is
 * fed as fast as it reads. Specification: processes.md section 5. */

enum {
	SEND_LETTERS = 8,        /* at a time */
	SEND_LETTER_LIMIT = 600, /* seconds without any progress */
	SEND_LETTER_LOOK = 5,    /* seconds until a silent child is looked at */
};

/* What is being written, in this order. */
enum send_letter_part {
	LETTER_HEAD,
	LETTER_REPORTS,
	LETTER_BREAK,
	LETTER_COPY,
	LETTER_CUT,
	LETTER_ENVELOPE,
	LETTER_EXIT, /* all is written: waiting for the child to end */
};

struct send_letter {
	bool busy;
	bool failed;
	uint64_t id;
	unsigned flags; /* SEND_MAY_... */
	enum bounce_kind kind;
	struct str sender; /* base sender of the original */
	pid_t pid;
	int message, envelope; /* our ends of the pipes */
	int source;            /* the file being copied, -1 without one */
	uint64_t copy_left;    /* bytes of the original still allowed */
	bool was_cut;
	enum send_letter_part part;
	struct str buf; /* bytes of this part, unwritten from at on */
	size_t at;
	int64_t progress; /* unix seconds of the last one */
	int64_t look;     /* when to ask for the child without a signal */
};

struct send_letters {
	struct send_letter letters[SEND_LETTERS];
	unsigned n; /* busy ones */
};

/* Starts the notice of one message. sender: base sender of the message, whose
 * memory is taken over in any case. False when it cannot be started; that is
 * logged. There must be a free place: n < SEND_LETTERS. */
NODISCARD bool send_letter_start(struct send *s, uint64_t id, unsigned flags,
    struct str *sender);

/* Descriptor to be polled for POLLOUT, -1 for none. */
int send_letter_fd(const struct send_letter *l);

/* Writes what the pipe takes. */
void send_letter_write(struct send *s, struct send_letter *l);

/* A child of ours has ended. */
void send_letter_reap(struct send *s, pid_t pid, int status);

/* Finds children whose end went unnoticed, gives up on those that stand still.
 */
void send_letter_check(struct send *s);
NODISCARD int64_t send_letter_wake(const struct send *s);

void send_letter_free_all(struct send *s);

#endif
