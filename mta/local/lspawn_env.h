/* SPDX-License-Identifier: ISC */
#ifndef MTA_LOCAL_LSPAWN_ENV_H
#define MTA_LOCAL_LSPAWN_ENV_H

#include "base/attr.h"
#include "qmail/site.h"

/* The environment of qmail-local: an allow-list, so that nothing the daemons
 * were started with reaches the programs of users by accident. PATH (with
 * HOME/bin in front unless it is in there), TZ, LANG, LC_*, QMAILQUEUE; and
 * QMAILHOME in a one-user instance. */

struct lspawn_env {
	char *path; /* the entries made here */
	char *home;
	char **list; /* ends with NULL; borrows the others from the original */
};

/* original: as of main(). 0, or -1 without memory. */
NODISCARD int lspawn_env_make(struct lspawn_env *env, const struct site *site,
    char *const *original);
void lspawn_env_free(struct lspawn_env *env);

#endif
