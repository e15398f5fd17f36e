/* SPDX-License-Identifier: ISC */
#include "mta/inject/sendmail_options.h"
#include "mta/inject/sendmail_run.h"
#include "prog/die.h"
#include "qmail/site.h"

static const char synopsis[] =
    "[-t] [-f sender] [-F name] [-bm | -bp | -bs] [recipient ...]";

int
main(int argc, char **argv)
{
	struct sendmail_options options;
	struct site site;
	struct err err;

	die_name("sendmail");
	if (site_enter(&site, &err) == -1)
		die_temporary(&err);
	sendmail_options_parse(&options, argc, argv);
	switch (options.action) {
	case SENDMAIL_INJECT:
		sendmail_run_inject(&site, &options, &err);
		break;
	case SENDMAIL_SMTP:
		sendmail_run_smtpd(&site, &options, &err);
		break;
	case SENDMAIL_LIST:
		sendmail_run_qread(&site, &options, &err);
		break;
	case SENDMAIL_ALIASES:
		die_text(DIE_PERMANENT,
		    "there is no alias database here; if fastforward keeps "
		    "one, run its newaliases");
	case SENDMAIL_USAGE:
		die_usage(synopsis);
	}
	die_temporary(&err);
}
