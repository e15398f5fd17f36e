/* SPDX-License-Identifier: ISC */
#include "mta/remote/rspawn_child.h"

#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "mta/remote/rspawn_report.h"

/* exec does not change its arguments, whatever the prototypes say. */
static char *
arg(const char *text)
{
	return (char *)(uintptr_t)text;
}

void
rspawn_deliver(const void *program, const struct spawn_command *c)
{
	size_t at = span_rfind(c->recipient, '@');

	(void)execvp(program,
	    (char *[]){arg("qmail-remote"), arg(c->recipient.p + at + 1),
	        arg(c->sender.p), arg(c->recipient.p), NULL});
	_exit(RSPAWN_NO_REMOTE);
}
