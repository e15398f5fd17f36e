/* SPDX-License-Identifier: ISC */
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/sig.h"
#include "mta/inject/inject.h"
#include "prog/die.h"

int
main(int argc, char **argv)
{
	struct inject message = {.now = clock_seconds(), .pid = getpid()};
	struct err err;

	die_name("qmail-inject");
	sig_ignore(SIGPIPE);
	if (inject_prepare(&message, argc, argv, &err) == -1 ||
	    inject_read_header(&message, &err) == -1 ||
	    inject_send(&message, &err) == -1)
		die_err(&err);
	inject_free(&message);
	return EXIT_SUCCESS;
}
