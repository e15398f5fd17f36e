/* SPDX-License-Identifier: ISC */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "prog/die.h"
#include "qmail/morercpthosts.h"
#include "qmail/site.h"

int
main(void)
{
	struct site site;
	struct err e;

	die_name("qmail-newmrh");
	(void)umask(033);
	if (site_enter(&site, &e) == -1 ||
	    morercpthosts_compile(AT_FDCWD, &e) == -1)
		die_temporary(&e);
	return EXIT_SUCCESS;
}
