/* SPDX-License-Identifier: ISC */
#ifndef TOOLS_QFIXQ_VERB_H
#define TOOLS_QFIXQ_VERB_H

#include "tools/qfixq/job.h"

/* A word of the command line, in a file of its own. */
struct verb {
	const char *name;
	const char *usage; /* "show ID" */
	const char *help;
	bool needs_queue;            /* run after job_open_queue() */
	bool writes;                 /* the queue may be changed */
	int (*run)(struct job *job); /* returns the exit status */
};

extern const struct verb verb_check, verb_explain, verb_status, verb_list,
    verb_stat, verb_find, verb_show, verb_headers, verb_body, verb_envelope,
    verb_files;
extern const struct verb verb_repair, verb_prestart, verb_undo, verb_recover,
    verb_hold, verb_release, verb_journal;

/* All, in the order of --help. */
extern const struct verb *const verbs[];
extern const size_t verbs_count;

/* NULL when there is none of this name. */
const struct verb *verb_find_name(const char *name);

/* Runs the verb of the command line, "check" without one. Returns the exit
 * status. */
int verb_run(struct job *job);

#endif
