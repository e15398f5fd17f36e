/* SPDX-License-Identifier: ISC */
#include <stdlib.h>

#include "base/fd.h"
#include "mta/local/lspawn_setup.h"
#include "prog/die.h"

int
main(int argc, char **argv, char **envp)
{
	struct lspawn_setup setup;
	struct err e;

	die_name("qmail-lspawn");
	if (argc < 2)
		return DIE_PERMANENT;
	if (fd_ensure_standard() == -1)
		return DIE_TEMPORARY;
	if (lspawn_setup_make(&setup, argv[1], envp, &e) == -1)
		die_temporary(&e);
	setup.loop.wide = spawn_loop_is_wide(argv[2]);
	if (spawn_loop_run(&setup.loop, &e) == -1)
		die_temporary(&e);
	lspawn_setup_free(&setup);
	return EXIT_SUCCESS;
}
