/* SPDX-License-Identifier: ISC */
#ifndef MTA_LOCAL_LSPAWN_CHILD_H
#define MTA_LOCAL_LSPAWN_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/attr.h"
#include "base/err.h"
#include "qmail/site.h"
#include "qmail/spawn_msg.h"

/* Everything a delivery needs, found once, when qmail-lspawn starts. The file
 * behind a path may be exchanged at any time: what is there when a message is
 * delivered is what runs. */
struct lspawn {
	struct site site;
	const char *local_path; /* qmail-local */
	const char *getpw_path; /* qmail-getpw */
	char *const *envp;
	const char *default_delivery; /* lines, or NULL */
	/* whom qmail-getpw runs as, not used in one-user homes; looked up for
	 * each delivery when it could not be found at the start */
	bool getpw_known;
	uid_t getpw_uid;
	gid_t getpw_gid;
};

/* Finds out getpw_uid and getpw_gid. 0 or -1. */
NODISCARD int lspawn_find_getpw_ids(struct lspawn *l, struct err *e);

/* The deliver() of struct spawn_family; arg is a struct lspawn. Runs as root
 * only up to its irrevocable drop, and until then looks at nothing but the
 * local part and the user database. The current directory is the home. */
void lspawn_deliver(const void *arg, const struct spawn_command *c);

#endif
