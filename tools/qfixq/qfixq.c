/* SPDX-License-Identifier: ISC */
#include <unistd.h>

#include "base/clock.h"
#include "prog/die.h"
#include "prog/options.h"
#include "qmail/config.h"
#include "tools/qfixq/job.h"
#include "tools/qfixq/verb.h"

enum { VERBS_MAX = 64 };

int
main(int argc, char **argv)
{
	struct options_verb help[VERBS_MAX];
	struct options_program program = {
	    .name = "qfixq",
	    .version = config_version,
	    .synopsis = "[OPTION]... [VERB] [ARGUMENT]...",
	    .about = "Examines a mail queue and its messages. Without a verb: "
	             "check.",
	    .verb = help,
	    .verbs = verbs_count,
	    .row = job_options,
	    .rows = job_options_count,
	    .usage_status = FINDING_EXIT_USAGE,
	};
	struct options o;
	struct job job;
	int status;

	for (size_t i = 0; i < verbs_count && i < VERBS_MAX; i++)
		help[i] =
		    (struct options_verb){verbs[i]->usage, verbs[i]->help};
	options_begin(&o, &program, argc, argv);
	job_begin(&job, &o,
	    (int64_t)options_number(&o, OPTION_NOW, (uint64_t)clock_seconds()));
	if (out_open(&job.out, STDOUT_FILENO) == -1)
		die_sys("write to", "standard output");
	status = verb_run(&job);
	if (out_flush(&job.out) == -1)
		status |= FINDING_EXIT_TROUBLE;
	out_close(&job.out);
	job_end(&job);
	options_free(&o);
	return status;
}
