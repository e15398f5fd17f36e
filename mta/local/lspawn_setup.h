/* SPDX-License-Identifier: ISC */
#ifndef MTA_LOCAL_LSPAWN_SETUP_H
#define MTA_LOCAL_LSPAWN_SETUP_H

#include "base/attr.h"
#include "base/err.h"
#include "mta/local/lspawn_child.h"
#include "mta/local/lspawn_env.h"
#include "qmail/spawn_loop.h"

/* What qmail-lspawn finds out before it greets. */
struct lspawn_setup {
	struct lspawn lspawn;
	struct lspawn_env env;
	struct str local_path, getpw_path;
	struct spawn_loop loop; /* ready for spawn_loop_run() */
};

/* Enters the home. default_delivery, envp: of main(). *s must stay where it is
 * until lspawn_setup_free(), which is due after -1 too. 0 or -1. */
NODISCARD int lspawn_setup_make(struct lspawn_setup *s,
    const char *default_delivery, char *const *envp, struct err *e);
void lspawn_setup_free(struct lspawn_setup *s);

#endif
