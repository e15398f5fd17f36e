/* SPDX-License-Identifier: ISC */
#ifndef MTA_INJECT_SENDMAIL_OPTIONS_H
#define MTA_INJECT_SENDMAIL_OPTIONS_H

#include <stdbool.h>

#include "base/attr.h"

/* What the command line asks of sendmail. */
enum sendmail_action {
	SENDMAIL_INJECT,  /* submit a message */
	SENDMAIL_SMTP,    /* -bs */
	SENDMAIL_LIST,    /* -bp, or called as mailq */
	SENDMAIL_ALIASES, /* called as newaliases */
	SENDMAIL_USAGE,   /* an option we do not take, or one without value */
};

/* Strings stay argv's. */
struct sendmail_options {
	enum sendmail_action action;
	bool read_header; /* -t */
	char *sender;     /* -f, or NULL */
	const char *name; /* -F, or NULL */
	char *const *recipients;
};

/* argv ends with NULL. Options are read up to -bs and -bp, which act at once.
 */
void sendmail_options_parse(struct sendmail_options *o, int argc, char **argv);

#endif
