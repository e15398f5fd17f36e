/* SPDX-License-Identifier: ISC */
#ifndef MTA_START_LISTENER_H
#define MTA_START_LISTENER_H

#include <stdbool.h>
#include <sys/socket.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/span.h"

/* One line of control/smtplisten: "ip:port", IPv6 as "[address]:port". */
enum { LISTENER_HOST = 46, LISTENER_PORT = 6 };

struct listener {
	char host[LISTENER_HOST]; /* without brackets */
	char port[LISTENER_PORT];
	struct sockaddr_storage address;
	socklen_t size; /* bytes of address */
};

/* Pure. False when it is no numeric address with a port from 1 to 65535. */
NODISCARD bool listener_parse(struct span text, struct listener *l);

/* Fails when nobody could listen there now: port taken, address not ours, not
 * permitted. 0 or -1. */
NODISCARD int listener_check_free(const struct listener *l, struct err *e);

/* True when something accepts connections there. Does not wait. */
NODISCARD bool listener_accepts(const struct listener *l);

#endif
