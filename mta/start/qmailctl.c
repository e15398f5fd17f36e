/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <stdlib.h>

#include "base/fd.h"
#include "mta/start/ctl.h"
#include "prog/die.h"
#include "prog/options.h"

int
main(int argc, char **argv)
{
	const struct ctl_verb *verb;
	struct ctl c = {.home = -1};
	struct options options;
	struct err e = {0};
	int rc;

	options_begin(&options, &ctl_options, argc, argv);
	c.options = &options;
	if (fd_ensure_standard() == -1)
		return DIE_TEMPORARY;
	if (options.operands == 0)
		die_usage(ctl_options.synopsis);
	verb = ctl_find_verb(options.operand[0]);
	if (verb == NULL)
		die_text(DIE_PERMANENT, "no such verb: %s (see qmailctl help)",
		    options.operand[0]);
	if (options_text(&options, OPTION_HOME) != NULL &&
	    setenv("QMAILHOME", options_text(&options, OPTION_HOME), 1) == -1)
		die_sys("set", "QMAILHOME");
	rc = ctl_enter(&c, verb->need, &e);
	if (rc == 0)
		rc = verb->run(&c, &e);
	if (rc == -1)
		die_err(&e);
	options_free(&options);
	return fflush(stdout) == 0 ? rc : DIE_TEMPORARY;
}
