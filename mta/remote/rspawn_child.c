/* SPDX-License-Identifier: ISC */
#include "mta/remote/rspawn_child.h"

#include <unistd.h>

#include "base/proc.h"
#include "mta/remote/rspawn_report.h"

void
rspawn_deliver(const void *arg, const struct spawn_command *c)
{
	size_t at = span_rfind(c->recipient, '@');

	(void)execvp(arg,
	    proc_argv((const char *const[]){"qmail-remote",
	        c->recipient.p + at + 1, c->sender.p, c->recipient.p, NULL}));
	_exit(RSPAWN_NO_REMOTE);
}
