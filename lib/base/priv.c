/* SPDX-License-Identifier: ISC */
#include "base/priv.h"

#include <grp.h>
#include <unistd.h>

int
priv_become(uid_t uid, gid_t gid, struct err *e)
{
	if (uid == 0)
		return err_set(e, ERR_LIMIT, "refusing to become uid 0");
	if (setgroups(1, &gid) == -1)
		return err_sys(e, "set", "supplementary groups");
	if (setresgid(gid, gid, gid) == -1)
		return err_sys(e, "set", "group id");
	if (setresuid(uid, uid, uid) == -1)
		return err_sys(e, "set", "user id");
	if (setresuid(0, 0, 0) != -1)
		return err_set(e, ERR_LIMIT, "privilege drop did not hold");
	return 0;
}
