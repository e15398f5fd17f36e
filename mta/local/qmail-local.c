/* SPDX-License-Identifier: ISC */
#include <sys/auxv.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "mta/local/local_deliver.h"
#include "prog/die.h"
#include "qmail/site.h"

/* Root becomes the owner of a one-user instance. */
static void
leave_root(void)
{
	struct site site;
	struct err e;

	if (getauxval(AT_EUID) == 0 &&
	    (site_find(&site, &e) == -1 || site_become_owner(&site, &e) == -1))
		die_temporary(&e);
}

static void
say(int fd, struct str *text)
{
	if (fd_write_full(fd, text->p, text->n) == -1)
		warn_text("nobody hears of this delivery");
	str_free(text);
}

int
main(int argc, char **argv)
{
	struct local_job job = {.now = clock_seconds()};
	struct local_result result = {0};
	int option, status;

	die_name("qmail-local");
	opterr = 0;
	while ((option = getopt(argc, argv, "+nN")) == 'n' || option == 'N')
		job.dry_run = option == 'n';
	argv += optind;
	if (option != -1 || argc - optind != 8 || argv[1][0] != '/')
		die_text(DIE_PERMANENT,
		    "usage: qmail-local [-nN] user homedir "
		    "local dash ext domain sender aliasempty");
	job.user = argv[0];
	job.home = argv[1];
	job.local = argv[2];
	job.dash = argv[3];
	job.ext = argv[4];
	job.domain = argv[5];
	job.sender = argv[6];
	job.default_delivery = argv[7];
	leave_root();
	status = local_deliver(&job, &result);
	say(STDOUT_FILENO, &result.output);
	say(STDERR_FILENO, &result.report);
	return status;
}
