/* SPDX-License-Identifier: ISC */
#include <stdlib.h>

#include "base/fd.h"
#include "mta/remote/rspawn_setup.h"
#include "prog/die.h"

int
main(int argc, char **argv)
{
	struct spawn_loop loop = {0};
	struct str program = {0};
	struct err e;

	die_name("qmail-rspawn");
	if (fd_ensure_standard() == -1)
		return DIE_TEMPORARY;
	if (rspawn_setup_make(&loop, &program, &e) == -1)
		die_temporary(&e);
	loop.wide = spawn_loop_is_wide(argc > 1 ? argv[1] : NULL);
	if (spawn_loop_run(&loop, &e) == -1)
		die_temporary(&e);
	fd_close(&loop.mess_dir);
	str_free(&program);
	return EXIT_SUCCESS;
}
