/* SPDX-License-Identifier: ISC */
#ifndef MTA_START_CTL_H
#define MTA_START_CTL_H

#include <sys/types.h>

#include "base/attr.h"
#include "base/err.h"
#include "prog/options.h"
#include "qmail/site.h"

/* The verbs of qmailctl. Each prints what it does and returns an exit status,
 * or -1 with *e. */

enum { CTL_SPLIT = OPTION_OWN, CTL_BIGTODO };

enum {
	CTL_NOT_RUNNING = 3, /* exit status of stat, as init scripts have it */
	CTL_START_S = 10,    /* seconds a start may take */
};

struct ctl {
	struct site site;
	int home; /* descriptor of the home, which is the working directory */
	const struct options *options;
};

/* What a verb needs before it runs. */
enum ctl_need {
	CTL_NOTHING, /* not even a home */
	CTL_READ,    /* an instance, whoever we are */
	CTL_RULE,    /* an instance whose owner or root we are */
};

struct ctl_verb {
	const char *name;
	enum ctl_need need;
	int (*run)(struct ctl *c, struct err *e);
};

/* The command line, and its verbs. */
extern const struct options_program ctl_options;
const struct ctl_verb *ctl_find_verb(const char *name); /* or NULL */

/* Sets up c for the verb: finds the home, becomes its owner where needed,
 * enters it. 0 or -1. */
NODISCARD int ctl_enter(struct ctl *c, enum ctl_need need, struct err *e);

/* One line on standard output. */
void ctl_say(const char *fmt, ...) PRINTF(1, 2);

/* Runs a program along PATH with our standard descriptors and waits for it.
 * argv ends with NULL. Returns its exit status; -1 with *e when it cannot be
 * run or dies from a signal. */
NODISCARD int ctl_command(const char *const *argv, struct err *e);

/* The same for another program of this suite, argv[0] being its name. */
NODISCARD int ctl_program(const struct ctl *c, const char *const *argv,
    struct err *e);

/* Leaves only those environment variables that mail programs may inherit. */
NODISCARD int ctl_clean_environment(const struct ctl *c, struct err *e);

/* Rewrites users/ids from the system's user database. 0 or -1. */
NODISCARD int ctl_save_ids(const struct ctl *c, struct err *e);

int ctl_init(struct ctl *c, struct err *e);
int ctl_adduser(struct ctl *c, struct err *e);
int ctl_start(struct ctl *c, struct err *e);
int ctl_stop(struct ctl *c, struct err *e);
int ctl_restart(struct ctl *c, struct err *e);
int ctl_stat(struct ctl *c, struct err *e);
int ctl_queue(struct ctl *c, struct err *e);
int ctl_flush(struct ctl *c, struct err *e);
int ctl_reload(struct ctl *c, struct err *e);
int ctl_pause(struct ctl *c, struct err *e);
int ctl_continue(struct ctl *c, struct err *e);
int ctl_cdb(struct ctl *c, struct err *e);
int ctl_check(struct ctl *c, struct err *e);
int ctl_why(struct ctl *c, struct err *e);

#endif
