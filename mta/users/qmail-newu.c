/* SPDX-License-Identifier: ISC */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "prog/die.h"
#include "qmail/site.h"
#include "qmail/users.h"

int
main(void)
{
	struct site site;
	struct err e;

	die_name("qmail-newu");
	(void)umask(033);
	if (site_enter(&site, &e) == -1 || users_compile(AT_FDCWD, &e) == -1)
		die_temporary(&e);
	return EXIT_SUCCESS;
}
