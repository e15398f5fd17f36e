/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "mta/admin/qstat.h"
#include "prog/die.h"
#include "prog/options.h"
#include "qmail/config.h"
#include "qmail/queue_open.h"

enum { ALL = OPTION_OWN };

static const struct option rows[] = {
    {.id = OPTION_HOME},
    {.id = OPTION_QUEUE},
    {.id = OPTION_FORMAT, .value = "text|json|jsonl"},
    {.id = OPTION_JSON},
    {.id = OPTION_STRICT,
        .help = "refuse other arguments; fail when a directory is unreadable"},
    {ALL, 'a', "all", OPTION_FLAG, NULL, "count the other files too"},
};

static const struct options_program program = {
    .name = "qmail-qstat",
    .version = config_version,
    .synopsis = "[OPTION]...",
    .about = "Counts the messages in the queue.",
    .row = rows,
    .rows = sizeof(rows) / sizeof(rows[0]),
    .lenient = true,
    .usage_status = 2,
};

int
main(int argc, char **argv)
{
	struct qstat_counts counts;
	struct options o;
	struct out out;
	struct err e;
	int queue, rc = -1;

	options_begin(&o, &program, argc, argv);
	queue = queue_open_to_read(options_text(&o, OPTION_HOME),
	    options_text(&o, OPTION_QUEUE), &e);
	/* who may not look has always been told that there is nothing */
	if (queue == -1 && (e.kind != ERR_SYS || e.sys != EACCES))
		die_temporary(&e);
	counts = (struct qstat_counts){0};
	if (queue != -1)
		rc = qstat_count(queue, options_has(&o, ALL), &counts, &e);
	if (rc == -1)
		warn_text("%s", e.text);
	if (out_open(&out, STDOUT_FILENO) == -1)
		die_sys("write to", "standard output");
	if (options_format_is(&o, "text"))
		qstat_put_text(&out, &counts, options_has(&o, ALL));
	else
		qstat_put_json(&out, &counts, options_has(&o, ALL));
	if (out_flush(&out) == -1)
		die_sys("write to", "standard output");
	if (!options_has(&o, OPTION_STRICT))
		rc = 0;
	out_close(&out);
	options_free(&o);
	return rc == -1 ? DIE_TEMPORARY : EXIT_SUCCESS;
}
