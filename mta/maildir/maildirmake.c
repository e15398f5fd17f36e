/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "prog/die.h"

int
main(int argc, char **argv)
{
	static const char *const folders[] = {"tmp", "new", "cur"};

	die_name("maildirmake");
	if (argc != 2 || argv[1][0] == '\0')
		die_usage("name");
	(void)umask(077);
	if (mkdir(argv[1], 0700) == -1)
		die_sys("create", argv[1]);
	if (chdir(argv[1]) == -1)
		die_sys("change directory to", argv[1]);
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		if (mkdir(folders[i], 0700) == -1)
			die_sys("create", folders[i]);
	}
	return EXIT_SUCCESS;
}
