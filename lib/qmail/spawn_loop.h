/* SPDX-License-Identifier: ISC */
#ifndef QMAIL_SPAWN_LOOP_H
#define QMAIL_SPAWN_LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/span.h"
#include "base/str.h"
#include "qmail/spawn_msg.h"

/* What qmail-lspawn and qmail-rspawn have in common: delivery commands come in
 * on descriptor 0, one child each does the work, reports go out on descriptor
 * 1. Specification: processes.md section 6. */

/* How a delivery ended. */
struct spawn_result {
	int status;         /* as of wait(2) */
	struct span output; /* what the child wrote, up to output_max bytes */
	bool cut;           /* it wrote more, or there was no memory for it */
};

struct spawn_family {
	size_t output_max; /* bytes kept of a child's output */

	/* The child, never returns: leaves by exec or _exit. Descriptor 0 is
	 * the message, 1 and 2 are the report, nothing else is open; the
	 * current directory is the parent's. The spans of c have a NUL behind
	 * them, so that .p is a C string; the recipient contains '@'. */
	void (*deliver)(const void *arg, const struct spawn_command *c);

	/* Appends the report of a finished delivery: its letter, then text. */
	void (*report)(const struct spawn_result *r, struct str *out);
};

struct spawn_loop {
	const struct spawn_family *family;
	const void *arg;     /* for deliver() */
	int mess_dir;        /* descriptor of queue/mess */
	uid_t message_owner; /* the only one whose messages are delivered */
	bool wide;           /* delivery numbers of two bytes */
	uint32_t timeout_s;  /* a delivery may take as long; 0 = for ever */
};

/* True when the argument of a spawner agrees on the wide protocol. arg may be
 * NULL. */
NODISCARD bool spawn_loop_is_wide(const char *arg);

/* Greets, then serves commands until descriptor 0 ends and the last child is
 * gone. Descriptors 0 to 2 must be open. Changes the signal mask, the handlers
 * of SIGCHLD and SIGPIPE, and the soft limit of open files; children get the
 * old limit and unblocked signals. 0; -1 with *e when it cannot begin. */
NODISCARD int spawn_loop_run(const struct spawn_loop *loop, struct err *e);

#endif
