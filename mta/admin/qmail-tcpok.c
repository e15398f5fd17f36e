/* SPDX-License-Identifier: ISC */
#include <stdlib.h>

#include "mta/admin/tcpok.h"
#include "prog/die.h"
#include "prog/options.h"
#include "qmail/config.h"

static const struct option rows[] = {
    {.id = OPTION_HOME},
    {.id = OPTION_QUEUE},
};

static const struct options_program program = {
    .name = "qmail-tcpok",
    .version = config_version,
    .synopsis = "[OPTION]... [ADDRESS]...",
    .about = "Forgets that hosts timed out, so that they are tried again.",
    .row = rows,
    .rows = sizeof(rows) / sizeof(rows[0]),
    .lenient = true,
    .usage_status = 2,
};

int
main(int argc, char **argv)
{
	struct options o;
	struct err e;

	options_begin(&o, &program, argc, argv);
	if (tcpok(options_text(&o, OPTION_HOME), options_text(&o, OPTION_QUEUE),
	        o.operand, o.operands, &e) == -1)
		die_temporary(&e);
	options_free(&o);
	return EXIT_SUCCESS;
}
