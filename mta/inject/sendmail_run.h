/* SPDX-License-Identifier: ISC */
#ifndef MTA_INJECT_SENDMAIL_RUN_H
#define MTA_INJECT_SENDMAIL_RUN_H

#include "base/err.h"
#include "mta/inject/sendmail_options.h"
#include "qmail/site.h"

/* Becomes the program that does the work, found as design and site.h say.
 * Changes the environment. Return -1 with *e: not started, temporary. */
int sendmail_run_inject(const struct site *site,
    const struct sendmail_options *o, struct err *e);
int sendmail_run_smtpd(const struct site *site,
    const struct sendmail_options *o, struct err *e);
int sendmail_run_qread(const struct site *site,
    const struct sendmail_options *o, struct err *e);

#endif
