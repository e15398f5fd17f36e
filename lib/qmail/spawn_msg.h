/* SPDX-License-Identifier: ISC */
#ifndef QMAIL_SPAWN_MSG_H
#define QMAIL_SPAWN_MSG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/span.h"
#include "base/str.h"

/* The pipes between qmail-send and its spawners. Specification: processes.md
 * sections 2.1-2.3.
 *
 *   greeting   spawner to send   most deliveries at a time
 *   command    send to spawner   DELNUM mess NUL sender NUL recipient NUL
 *   report     spawner to send   DELNUM letter text NUL
 *
 * Classic: greeting and delivery number are one byte. Wide: two bytes, low byte
 * first; spoken only between our own programs, agreed by an argument that
 * qmail-start gives to all three (SPAWN_WIDE_ARG).
 *
 * Descriptors of qmail-send:
 *
 *   0  log, written
 *   1  to qmail-lspawn             2  from qmail-lspawn
 *   3  to qmail-rspawn             4  from qmail-rspawn
 *   5  to qmail-clean              6  from qmail-clean
 *   7  to qmail-todo               8  from qmail-todo     (wide only)
 */

/* The argument, and the text that must stand in the files of qmail-send,
 * qmail-lspawn and qmail-rspawn for qmail-start to use it. Every program that
 * speaks the wide protocol links spawn_wide_mark. */
#define SPAWN_WIDE_ARG "--wide"
extern const char spawn_wide_mark[];

enum {
	SPAWN_CLASSIC_MAX = 255,
	SPAWN_WIDE_MAX = 65000,
	SPAWN_REPORT_MAX = 10000, /* bytes kept of one report */
	SPAWN_MESS_MAX = 100,     /* bytes of a message name in a command */
};

void spawn_greeting_put(struct str *out, bool wide, unsigned limit);
/* Takes a greeting from the front of *in; false when bytes are missing. */
NODISCARD bool spawn_greeting_take(struct span *in, bool wide, unsigned *limit);

struct spawn_command {
	unsigned delivery; /* the delivery number on the pipe */
	struct span mess;  /* "20/457", relative to queue/mess */
	struct span sender, recipient;
};

void spawn_command_put(struct str *out, bool wide,
    const struct spawn_command *c);
/* Takes one whole command from the front of *in; false, and unchanged, when it
 * is not complete yet. The spans borrow from *in. */
NODISCARD bool spawn_command_take(struct span *in, bool wide,
    struct spawn_command *c);

struct spawn_report {
	unsigned delivery;
	char letter;      /* K, Z, D or whatever came; 0 for an empty report */
	struct span text; /* at most SPAWN_REPORT_MAX bytes, no NUL */
};

/* Text is cut at its first NUL and at SPAWN_REPORT_MAX. */
void spawn_report_put(struct str *out, bool wide, const struct spawn_report *r);
/* Takes one whole report from the front of *in; false when not complete. */
NODISCARD bool spawn_report_take(struct span *in, bool wide,
    struct spawn_report *r);

#endif
