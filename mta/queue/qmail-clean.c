/* SPDX-License-Identifier: ISC */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/sig.h"
#include "mta/queue/clean.h"
#include "prog/die.h"
#include "qmail/site.h"

enum { READ_BYTES = 4096 };

static void
enter_queue(struct clean *c)
{
	struct site site;
	struct err e;

	if (fd_ensure_standard() == -1)
		die_sys("open", "/dev/null");
	if (site_enter(&site, &e) == -1)
		die_temporary(&e);
	if (chdir("queue") == -1)
		die_sys("change directory to", "queue");
	if (queue_layout_detect(AT_FDCWD, &c->layout, &e) == -1)
		die_temporary(&e);
}

static void
send_answers(struct clean *c)
{
	if (!str_ok(&c->answers) ||
	    fd_write_full(STDOUT_FILENO, c->answers.p, c->answers.n) == -1)
		die_sys("write", "answer");
	str_reset(&c->answers);
}

int
main(void)
{
	struct clean c = {0};
	char buf[READ_BYTES];
	ssize_t got;

	die_name("qmail-clean");
	sig_ignore(SIGPIPE);
	enter_queue(&c);
	clean_sweep_if_due(&c, clock_seconds());
	while ((got = fd_read_some(STDIN_FILENO, buf, sizeof(buf))) > 0) {
		clean_feed(&c, (struct span){buf, (size_t)got},
		    clock_seconds());
		send_answers(&c);
	}
	if (got == -1)
		die_sys("read", "request");
	clean_free(&c);
	return EXIT_SUCCESS;
}
