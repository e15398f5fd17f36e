/* SPDX-License-Identifier: ISC */
#ifndef QMAIL_REPAIR_DAMAGE_H
#define QMAIL_REPAIR_DAMAGE_H

#include <stddef.h>

#include "base/attr.h"
#include "base/span.h"
#include "qmail/repair/finding.h"
#include "qmail/repair/plan.h"

/* The damage catalogue: what can be wrong with a queue, one const table per
 * group of kinds (damage_state.c, damage_record.c...), each with the functions
 * that recognise its kinds. Specification: qfixq.md section 3. */

struct check;
struct inventory_message;
struct inventory_stray;

/* A kind of damage. Texts are for administrators. */
struct damage {
	const char *id; /* "Q205" */
	enum finding_class class;
	enum finding_fix fix;
	const char *title; /* "bounce text without a message" */
	/* the line of a finding, "{name}" stands for an argument */
	const char *line;
	const char *action;  /* "quarantine" */
	const char *cause;   /* how it arises */
	const char *effect;  /* what qmail does with it */
	const char *by_hand; /* repair with ordinary commands */
	/* words of log lines that point here, separated by '|'; or NULL */
	const char *symptom;
};

/* The functions of a group; each may be NULL. They report with
 * check_report() and, when c->plan is not NULL, append the repair. */
struct damage_group {
	const char *name;
	const struct damage *row;
	size_t rows;
	/* once, before any message: structure and environment */
	void (*queue)(struct check *c);
	/* once per message number, ascending in no particular order */
	void (*message)(struct check *c, const struct inventory_message *m);
	/* once per thing that is not in the place of a message file */
	void (*stray)(struct check *c, const struct inventory_stray *s);
	/* once, after all: what needs the whole picture */
	void (*finish)(struct check *c);
};

extern const struct damage_group *const damage_groups[];
extern const size_t damage_groups_count;

/* NULL when there is no such kind. */
const struct damage *damage_find(struct span id);

/* Calls take for each kind of which a log line may be the symptom. Returns how
 * many. */
size_t damage_match_symptom(struct span log_line,
    void (*take)(void *context, const struct damage *d), void *context);

#endif
