/* SPDX-License-Identifier: ISC */
#include "mta/send/send_look.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "mta/send/send.h"

enum send_presence
send_look(struct send *s, enum queue_kind kind, uint64_t id, int64_t *mtime)
{
	struct queue_path path = queue_path(&s->layout, kind, id);
	struct stat st;

	if (fstatat(s->queue, path.text, &st, AT_SYMLINK_NOFOLLOW) == 0) {
		if (mtime != NULL)
			*mtime = st.st_mtime;
		return SEND_PRESENT;
	}
	if (errno == ENOENT)
		return SEND_ABSENT;
	send_log_warning(&s->log, "unable to stat %s; will try again later",
	    path.text);
	return SEND_UNKNOWN;
}
