/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "mta/admin/tcpto_list.h"
#include "prog/die.h"
#include "prog/options.h"
#include "qmail/config.h"

static const struct option rows[] = {
    {.id = OPTION_HOME},
    {.id = OPTION_QUEUE},
    {.id = OPTION_FORMAT, .value = "text|json|jsonl"},
    {.id = OPTION_JSON},
    {.id = OPTION_NOW},
    {.id = OPTION_STRICT},
};

static const struct options_program program = {
    .name = "qmail-tcpto",
    .version = config_version,
    .synopsis = "[OPTION]...",
    .about = "Lists the hosts that timed out when mail was sent to them.",
    .row = rows,
    .rows = sizeof(rows) / sizeof(rows[0]),
    .lenient = true,
    .usage_status = 2,
};

int
main(int argc, char **argv)
{
	int status = EXIT_SUCCESS;
	struct options o;
	struct out out;
	struct err e;

	options_begin(&o, &program, argc, argv);
	if (out_open(&out, STDOUT_FILENO) == -1)
		die_sys("write to", "standard output");
	if (tcpto_list(options_text(&o, OPTION_HOME),
	        options_text(&o, OPTION_QUEUE), !options_format_is(&o, "text"),
	        (int64_t)options_number(&o, OPTION_NOW,
	            (uint64_t)clock_seconds()),
	        &out, &e) == -1) {
		/* diagnostics go where the list goes, as they always did */
		out_put_cstr(&out, "fatal: ");
		out_put_cstr(&out, e.text);
		out_putc(&out, '\n');
		status = DIE_TEMPORARY;
	}
	if (out_flush(&out) == -1)
		die_sys("write to", "standard output");
	out_close(&out);
	options_free(&o);
	return status;
}
