/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <unistd.h>

#include "mta/admin/showctl.h"
#include "prog/die.h"
#include "prog/options.h"
#include "qmail/config.h"

static const struct option rows[] = {
    {.id = OPTION_HOME},
    {.id = OPTION_FORMAT, .value = "text|json"},
    {.id = OPTION_JSON},
    {.id = OPTION_STRICT},
};

static const struct options_program program = {
    .name = "qmail-showctl",
    .version = config_version,
    .synopsis = "[OPTION]...",
    .about = "Shows the configuration as the programs see it.",
    .row = rows,
    .rows = sizeof(rows) / sizeof(rows[0]),
    .lenient = true,
    .usage_status = 2,
};

int
main(int argc, char **argv)
{
	struct options o;
	struct str home = {0};
	struct site site;
	struct out out;
	struct err e;

	options_begin(&o, &program, argc, argv);
	if (site_find_given(&site, options_text(&o, OPTION_HOME), &home, &e) ==
	        -1 ||
	    site_become_owner(&site, &e) == -1)
		die_temporary(&e);
	if (chdir(site.home) == -1)
		die_sys("change directory to", site.home);
	if (out_open(&out, STDOUT_FILENO) == -1)
		die_sys("write to", "standard output");
	if (showctl_report(&site, !options_format_is(&o, "text"), &out, &e) ==
	    -1)
		die_temporary(&e);
	if (out_flush(&out) == -1)
		die_sys("write to", "standard output");
	str_free(&home);
	out_close(&out);
	options_free(&o);
	return EXIT_SUCCESS;
}
