/* SPDX-License-Identifier: ISC */
#include "base/priv.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
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

static bool
is_kept(const int *keep, size_t n, int cap)
{
	for (size_t i = 0; i < n; i++) {
		if (keep[i] == cap)
			return true;
	}
	return false;
}

int
priv_limit(const int *keep, size_t n, struct err *e)
{
	struct __user_cap_header_struct head = {
	    .version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[2] = {{0}, {0}};

	for (int cap = 0; cap <= CAP_LAST_CAP; cap++) {
		if (is_kept(keep, n, cap)) {
			data[cap / 32].permitted |= UINT32_C(1) << cap % 32;
			data[cap / 32].effective |= UINT32_C(1) << cap % 32;
			/* EINVAL: unknown to this kernel. EPERM: already
			 * limited by who started us */
		} else if (prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) == -1 &&
		           errno != EINVAL && errno != EPERM) {
			return err_sys(e, "give up", "capabilities");
		}
	}
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1 ||
	    syscall(SYS_capset, &head, data) == -1)
		return err_sys(e, "give up", "capabilities");
	return 0;
}
