/* SPDX-License-Identifier: ISC */
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "mta/start/daemons.h"
#include "prog/die.h"
#include "qmail/site.h"

/* Only root can give each daemon its user; in a one-user instance only the
 * owner's processes can work. */
static void
check_caller(const struct site *site)
{
	if (!site->one_user && geteuid() != 0)
		die_text(DIE_TEMPORARY, "must be started by root");
	if (site->one_user && geteuid() != site->uid)
		die_text(DIE_TEMPORARY, "must be started by the owner of %s",
		    site->home);
}

int
main(int argc, char **argv)
{
	struct daemons d = {.delivery = "./Mailbox"};
	struct site site;
	struct err e = {0};

	die_name("qmail-start");
	if (fd_ensure_standard() == -1)
		return DIE_TEMPORARY;
	if (site_find(&site, &e) == -1 || site_become_owner(&site, &e) == -1)
		die_temporary(&e);
	check_caller(&site);
	if (chdir("/") == -1)
		die_sys("change directory to", "/");
	umask(077);
	d.site = &site;
	if (argc > 1)
		d.delivery = argv[1];
	if (argc > 2)
		d.logger = argv + 2;
	(void)daemons_start(&d, &e);
	daemons_log(d.log, "alert", e.text);
	return DIE_TEMPORARY;
}
