/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>

#include "base/sig.h"
#include "mta/send/todo_loop.h"
#include "prog/die.h"
#include "qmail/site.h"

/* What is opened later must not take the place of a pipe. */
static void
require_pipes(void)
{
	for (int fd = 0; fd <= 4; fd++) {
		if (fcntl(fd, F_GETFD) == -1)
			die_text(DIE_TEMPORARY,
			    "descriptor %d is not open; qmail-start "
			    "starts this program",
			    fd);
	}
}

int
main(void)
{
	struct todo_loop loop = {.queue = -1};
	struct site site;
	struct err e;
	int exit_code;

	die_name("qmail-todo");
	require_pipes();
	sig_ignore(SIGPIPE);
	sig_ignore(SIGHUP);
	sig_ignore(SIGALRM);
	(void)umask(077);
	if (site_enter(&site, &e) == -1 || todo_loop_open(&loop, &e) == -1)
		die_temporary(&e);
	exit_code = todo_loop_run(&loop);
	todo_loop_close(&loop);
	return exit_code;
}
