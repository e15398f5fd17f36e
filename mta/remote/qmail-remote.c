/* SPDX-License-Identifier: ISC */
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/sig.h"
#include "mta/remote/remote.h"
#include "qmail/site.h"

static void
deliver(struct remote *r)
{
	struct site site;
	struct err e;

	if (site_enter(&site, &e) == -1) {
		remote_report(r, 'Z', "Cannot enter the home. (#4.3.0)");
		return;
	}
	if (remote_config_load(&r->config, &r->seed, &e) == -1) {
		str_put_cstr(&r->report, "Z");
		str_put_cstr(&r->report, e.text);
		str_put(&r->report, SPAN(" (#4.3.0)\n\0"));
		return;
	}
	r->lock_dir = open("queue/lock", O_PATH | O_DIRECTORY | O_CLOEXEC);
	remote_deliver(r);
	fd_close(&r->lock_dir);
	remote_config_free(&r->config);
}

int
main(int argc, char **argv)
{
	struct remote r = {.message = STDIN_FILENO, .pid = getpid()};

	sig_ignore(SIGPIPE);
	if (fd_ensure_standard() == -1)
		return 0;
	if (argc < 4) {
		remote_report(&r, 'D',
		    "qmail-remote needs a host, a sender and recipients. "
		    "(#5.3.5)");
	} else {
		r.host = span_cstr(argv[1]);
		r.sender = span_cstr(argv[2]);
		r.recipients = argv + 3;
		r.recipient_count = (size_t)argc - 3;
		deliver(&r);
	}
	if (!str_ok(&r.report)) {
		str_reset(&r.report);
		remote_report(&r, 'Z', "Out of memory. (#4.3.0)");
	}
	/* the exit status is 0 whatever happens: the report is the answer */
	if (fd_write_full(STDOUT_FILENO, r.report.p, r.report.n) == -1)
		return 0;
	str_free(&r.report);
	return 0;
}
