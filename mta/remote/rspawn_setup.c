/* SPDX-License-Identifier: ISC */
#include "mta/remote/rspawn_setup.h"

#include <fcntl.h>
#include <stdlib.h>

#include "base/fd.h"
#include "base/file.h"
#include "mta/remote/rspawn_child.h"
#include "mta/remote/rspawn_report.h"
#include "qmail/ids.h"
#include "qmail/site.h"
#include "qmail/tcpto.h"

static const struct spawn_family family = {RSPAWN_OUTPUT_MAX, rspawn_deliver,
    rspawn_report};

/* A new start gives every host a new chance. Without the tables nothing is
 * remembered, which is no reason not to deliver. */
static void
clear_timeouts(void)
{
	int lock_dir = file_open_dir(AT_FDCWD, "queue/lock", NULL);

	for (int kind = 0; lock_dir != -1 && kind < TCPTO_KINDS; kind++) {
		int ignored =
		    tcpto_clear(lock_dir, (enum tcpto_kind)kind, NULL);

		(void)ignored;
	}
	fd_close(&lock_dir);
}

int
rspawn_setup_make(struct spawn_loop *loop, struct str *program, struct err *e)
{
	const char *given = getenv("QMAILREMOTE");
	struct site site;

	if (site_enter(&site, e) == -1 ||
	    ids_find_user(&site, IDS_QMAILQ, &loop->message_owner, e) == -1)
		return -1;
	if (given != NULL && given[0] != '\0')
		str_put_cstr(program, given);
	else if (site_find_program(&site, "qmail-remote", program, e) == -1)
		str_put_cstr(program, "qmail-remote"); /* it may come yet */
	loop->family = &family;
	loop->arg = str_cstr(program);
	if (loop->arg == NULL)
		return err_set(e, ERR_SYS, "out of memory");
	clear_timeouts();
	loop->mess_dir = file_open_dir(AT_FDCWD, "queue/mess", e);
	return loop->mess_dir == -1 ? -1 : 0;
}
