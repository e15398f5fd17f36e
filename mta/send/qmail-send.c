/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "mta/send/send.h"
#include "mta/send/send_loop.h"
#include "mta/send/send_start.h"
#include "qmail/spawn_msg.h"

enum { EXIT_TEMPORARY = 111 };

int
main(int argc, char **argv)
{
	static struct send s; /* too large for the stack */
	/* the mark must be in the file of this program; qmail-start looks for
	 * it before it gives the argument */
	const char *mark = spawn_wide_mark;
	bool wide =
	    mark[0] != '\0' && argc > 1 && strcmp(argv[1], SPAWN_WIDE_ARG) == 0;

	if (send_start(&s, wide, clock_seconds()) == -1)
		return EXIT_TEMPORARY;
	send_loop_run(&s);
	send_free(&s);
	return EXIT_SUCCESS;
}
