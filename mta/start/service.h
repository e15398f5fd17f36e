/* SPDX-License-Identifier: ISC */
#ifndef MTA_START_SERVICE_H
#define MTA_START_SERVICE_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/err.h"
#include "qmail/site.h"

/* Services of a supervisor: daemontools, runit, s6 or systemd. */

enum service_action {
	SERVICE_UP,
	SERVICE_DOWN,
	SERVICE_HUP,
	SERVICE_ALRM,
	SERVICE_PAUSE,
	SERVICE_CONTINUE,
	SERVICE_STATUS,
	SERVICE_ACTIONS /* count */
};

enum { SERVICE_PATH = 4096 };

struct service {
	const struct service_kind *kind; /* NULL: not supervised */
	char target[SERVICE_PATH];       /* service folder, or unit */
};

/* Finds the service of this home called name ("qmail-send", "qmail-smtpd"):
 * the folder HOME/supervise/NAME, and for the compiled-in home also the usual
 * places of each supervisor, if a supervisor watches it now. */
void service_find(struct service *s, const struct site *site, const char *name);

/* What the supervisor is called: "daemontools". */
const char *service_supervisor(const struct service *s);

/* Runs the supervisor's own command. 0, or -1 with *e. */
NODISCARD int service_do(const struct service *s, enum service_action action,
    struct err *e);

#endif
