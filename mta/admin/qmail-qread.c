/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "mta/admin/qread.h"
#include "prog/die.h"
#include "prog/options.h"
#include "qmail/config.h"

enum { SORT = OPTION_OWN, TODO, NEXT };

static const struct option rows[] = {
    {.id = OPTION_HOME},
    {.id = OPTION_QUEUE},
    {.id = OPTION_FORMAT, .value = "text|json|jsonl"},
    {.id = OPTION_JSON},
    {.id = OPTION_NOW},
    {.id = OPTION_STRICT},
    {SORT, 's', "sort", OPTION_FLAG, NULL, "oldest message first"},
    {TODO, 't', "todo", OPTION_FLAG, NULL, "messages not yet preprocessed too"},
    {NEXT, 'n', "next", OPTION_FLAG, NULL, "time of the next attempt too"},
};

static const struct options_program program = {
    .name = "qmail-qread",
    .version = config_version,
    .synopsis = "[OPTION]...",
    .about = "Lists the messages in the queue with their recipients.",
    .row = rows,
    .rows = sizeof(rows) / sizeof(rows[0]),
    .lenient = true,
    .usage_status = 2,
};

int
main(int argc, char **argv)
{
	struct qread_wish wish;
	struct options o;
	struct out out;
	struct err e;
	int queue, status = EXIT_SUCCESS;

	options_begin(&o, &program, argc, argv);
	wish = (struct qread_wish){
	    .json = !options_format_is(&o, "text"),
	    .sort = options_has(&o, SORT),
	    .with_todo = options_has(&o, TODO),
	    .with_next = options_has(&o, NEXT),
	    .now = (int64_t)options_number(&o, OPTION_NOW,
	        (uint64_t)clock_seconds()),
	};
	if (out_open(&out, STDOUT_FILENO) == -1)
		die_sys("write to", "standard output");
	queue = qread_open(options_text(&o, OPTION_HOME),
	    options_text(&o, OPTION_QUEUE), &e);
	if (queue == -1 || qread_list(queue, &wish, &out, &e) == -1) {
		qread_put_fatal(&out, &e);
		status = DIE_TEMPORARY;
	}
	if (out_flush(&out) == -1)
		die_sys("write to", "standard output");
	out_close(&out);
	options_free(&o);
	return status;
}
