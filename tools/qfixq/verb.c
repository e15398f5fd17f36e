/* SPDX-License-Identifier: ISC */
#include "tools/qfixq/verb.h"

#include <string.h>

const struct verb *const verbs[] = {
    &verb_check,
    &verb_explain,
    &verb_status,
    &verb_list,
    &verb_stat,
    &verb_find,
    &verb_show,
    &verb_headers,
    &verb_body,
    &verb_envelope,
    &verb_files,
    &verb_repair,
    &verb_prestart,
    &verb_undo,
    &verb_recover,
    &verb_journal,
    &verb_hold,
    &verb_release,
};
const size_t verbs_count = sizeof(verbs) / sizeof(verbs[0]);

const struct verb *
verb_find_name(const char *name)
{
	for (size_t i = 0; i < verbs_count; i++) {
		if (strcmp(verbs[i]->name, name) == 0)
			return verbs[i];
	}
	return NULL;
}

int
verb_run(struct job *job)
{
	const struct verb *verb = &verb_check;
	struct err e;

	if (job->operands > 0) {
		verb = verb_find_name(job->operand[0]);
		if (verb == NULL)
			return job_usage("there is no verb \"%s\"",
			    job->operand[0]);
		job->operand++;
		job->operands--;
	}
	if (verb->needs_queue && job_open_queue(job, verb->writes, &e) == -1)
		return job_trouble(&e);
	return verb->run(job);
}
