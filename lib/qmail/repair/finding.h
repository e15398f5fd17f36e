/* SPDX-License-Identifier: ISC */
#ifndef QMAIL_REPAIR_FINDING_H
#define QMAIL_REPAIR_FINDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/span.h"
#include "base/str.h"

/* One thing that is wrong in a queue. Specification: qfixq.md sections 1.3, 3
 * and 4.2. A finding lives only while it is reported: who wants to keep it
 * copies what it needs. */

/* What happens if nobody does anything; the gravest first. */
enum finding_class {
	FINDING_LOSS,  /* mail is dropped */
	FINDING_LEAK,  /* content reaches the wrong person */
	FINDING_DUP,   /* recipients get it twice */
	FINDING_STUCK, /* never moves */
	FINDING_FAIL,  /* new mail is refused */
	FINDING_DELAY,
	FINDING_SEC,
	FINDING_NOTE,
	FINDING_CLASSES /* count */
};

/* Which mode may repair it. */
enum finding_fix {
	FINDING_FIX_NONE,   /* nothing to do */
	FINDING_FIX_PREEN,  /* p: safe, also without a question */
	FINDING_FIX_YES,    /* y: with -y or an answer */
	FINDING_FIX_MANUAL, /* m: only by an option of its own */
};

enum finding_status {
	FINDING_OPEN,
	FINDING_FIXED,
	FINDING_HELD,
	FINDING_QUARANTINED,
	FINDING_SKIPPED,
	FINDING_FAILED,
	FINDING_VANISHED,
};

const char *finding_class_name(enum finding_class class);
const char *finding_status_name(enum finding_status status);
char finding_fix_letter(enum finding_fix fix); /* '-', 'p', 'y', 'm' */

/* One value that belongs to the explanation: "offset" 22. */
struct finding_arg {
	const char *name;
	bool is_text;
	uint64_t number;
	struct span text; /* bytes from anywhere: not printable */
};

enum { FINDING_ARGS = 6 };

struct damage;

struct finding {
	const struct damage *damage; /* row of the catalogue: "Q205" */
	/* those of the row, unless this case is graver or milder */
	enum finding_class class;
	enum finding_fix fix;
	uint64_t id; /* message; 0: none */
	int64_t birth;
	/* relative to the queue directory, "bounce/11003073"; or what else it
	 * is about. Not printable. */
	struct span path;
	struct finding_arg arg[FINDING_ARGS];
	size_t args;
	const char *action; /* "quarantine"; NULL: as the row says */
	bool uncertain;     /* seen in a queue at work */
	enum finding_status status;
};

/* A new one with the values of its row. */
struct finding finding_of(const struct damage *damage);
void finding_add_number(struct finding *f, const char *name, uint64_t value);
/* text is borrowed. */
void finding_add_text(struct finding *f, const char *name, struct span text);

const char *finding_action(const struct finding *f);

/* Appends the line of the row with the arguments in place of {name}, printable.
 */
void finding_put_line(const struct finding *f, struct str *out);

/* Exit status bits of a check (qfixq.md section 4.1). */
enum {
	FINDING_EXIT_REPAIRED = 1,
	FINDING_EXIT_RESTART = 2, /* a running qmail-send must be restarted */
	FINDING_EXIT_LEFT = 4,
	FINDING_EXIT_TROUBLE = 8,
	FINDING_EXIT_USAGE = 16,
	FINDING_EXIT_CANCELLED = 32,
	FINDING_EXIT_DANGER = 64, /* do not start qmail-send */
};

/* The bit of an open finding of this class; 0 for a note. */
int finding_exit_bit(enum finding_class class);

/* Who is told of findings. */
struct finding_sink {
	void (*take)(void *context, const struct finding *f);
	void *context;
};

#endif
