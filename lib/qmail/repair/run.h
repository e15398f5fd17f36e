/* SPDX-License-Identifier: ISC */
#ifndef QMAIL_REPAIR_RUN_H
#define QMAIL_REPAIR_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "qmail/repair/finding.h"
#include "qmail/repair/journal.h"
#include "qmail/repair/pinned.h"

/* A run: groups of steps that are announced in a journal, executed, and noted
 * as done. Specification: qfixq.md section 7. */

enum { RUN_NAME_MAX = 40 };
#define RUN_AREA "qfixq"

/* Who else may not write meanwhile. -1: not taken. */
struct run_lock {
	int send; /* queue/lock/sendmutex: no qmail-send can start */
	int own;  /* qfixq/lock: no other run */
};

/* Takes the lock of qmail-send, both flock and fcntl, never waiting. -1 with
 * *e; e->sys EWOULDBLOCK: a qmail-send holds it. */
NODISCARD int run_lock_send(struct run_lock *l, int queue_dir, struct err *e);

/* Takes the lock of qfixq; makes its folder and the file. */
NODISCARD int run_lock_own(struct run_lock *l, int queue_dir, struct err *e);
void run_unlock(struct run_lock *l);

/* Steps to be executed, in groups that are all or nothing. */
struct run_group {
	struct journal_record head; /* JOURNAL_GROUP without number */
	size_t first, n;
	void *tag; /* of the caller */
};

struct run_list {
	struct journal_record *step;
	size_t steps, step_cap;
	struct run_group *group;
	size_t groups, group_cap;
	char **kept; /* memory that steps point into */
	size_t kepts, kept_cap;
	bool prepared; /* the steps know what was before: inverses */
	bool failed;   /* out of memory */
};

/* Texts of heads and steps are borrowed. */
void run_list_begin(struct run_list *l, const struct journal_record *head,
    void *tag);
void run_list_step(struct run_list *l, const struct journal_record *step);
/* Takes over memory from malloc, freed with the list; NULL is nothing. */
void run_list_keep(struct run_list *l, char *memory);
/* Copies bytes; the copy lives as long as the list. */
struct span run_list_copy(struct run_list *l, struct span bytes);
/* Removes the group begun last. */
void run_list_drop(struct run_list *l);
void run_list_free(struct run_list *l);

struct run {
	struct pinned pinned;
	struct journal journal;
	char name[RUN_NAME_MAX];
	uint64_t groups; /* announced so far */
	uint64_t made;   /* things made in staging */
	int64_t now;
};

/* Starts a journal. Both locks are held by the caller, unless a verb may run
 * beside qmail-send. verb: "repair -y". */
NODISCARD int run_begin(struct run *r, int queue_dir, const char *verb,
    int64_t now, struct err *e);

struct run_told {
	/* after each group; status FIXED, SKIPPED or FAILED. False: stop. */
	bool (*take)(void *context, const struct run_group *g,
	    enum finding_status status, const char *why);
	void *context;
};

/* Executes a list and empties it. 0; -1 with *e when the run cannot go on: the
 * journal then tells how to. */
NODISCARD int run_execute(struct run *r, struct run_list *l,
    struct run_told told, struct err *e);

/* Says that the run is complete, and closes. */
NODISCARD int run_end(struct run *r, struct err *e);
/* Closes without saying so. */
void run_close(struct run *r);

/* True when all steps can be done one after the other. *why: else. */
NODISCARD bool run_is_possible(struct pinned *p,
    const struct journal_record *step, size_t n, const char **why);

/* How far a group came before a crash: the step to go on with. Changes of
 * values may be repeated. *begun: something was done. */
size_t run_progress(struct pinned *p, const struct journal_record *step,
    size_t n, bool *begun);

/* Takes steps [0, n) back, the last first. False when something could not be
 * taken back. */
NODISCARD bool run_back(struct pinned *p, const struct journal_record *step,
    size_t n);

/* The record that says what a group has left behind, for undo. text keeps the
 * bytes. */
struct journal_record run_done_record(struct pinned *p,
    const struct journal_record *step, size_t n, uint64_t group,
    struct str *text);

#endif
