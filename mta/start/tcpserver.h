/* SPDX-License-Identifier: ISC */
#ifndef MTA_START_TCPSERVER_H
#define MTA_START_TCPSERVER_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/err.h"

/* What the tcpserver along PATH can do; there are two packages with one of that
 * name. */

/* 0 with *known when it understands IPv6 addresses; -1 with *e when there is
 * none, saying which package has it. */
NODISCARD int tcpserver_knows_ipv6(bool *known, struct err *e);

/* Rewrites *e, the failure of an exec, when that means "not installed". -1. */
int tcpserver_failed(struct err *e);

#endif
