/* SPDX-License-Identifier: ISC */
#ifndef BASE_PRIV_H
#define BASE_PRIV_H

#include <stddef.h>
#include <sys/types.h>

#include "base/attr.h"
#include "base/err.h"

/* Becomes uid:gid for good: supplementary groups (only gid), group and user
 * id, verified. Refuses uid 0. Any failure must end the process. 0 or -1. */
NODISCARD int priv_become(uid_t uid, gid_t gid, struct err *e);

/* For a tool that must stay uid 0: gives up every capability for good, also for
 * programs it may start, but those in keep, an array of n CAP_... numbers of
 * <linux/capability.h>. 0 or -1. */
NODISCARD int priv_limit(const int *keep, size_t n, struct err *e);

#endif
