/* SPDX-License-Identifier: ISC */
#ifndef NET_TCP_H
#define NET_TCP_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/attr.h"
#include "base/err.h"
#include "fmt/ip.h"

/* Client side of TCP with a limit on every wait. Descriptors are non-blocking
 * and send small writes at once (TCP_NODELAY: a delayed acknowledgement would
 * otherwise stop every message for 40 ms). */

enum {
	TCP_FAILED = -1,  /* no connection; e->sys says why, ETIMEDOUT too */
	TCP_TROUBLE = -2, /* no socket or not this local address: our fault */
};

/* Connects. from: local address, or NULL for the system's choice. Returns the
 * descriptor, TCP_FAILED or TCP_TROUBLE with *e. */
NODISCARD int tcp_connect(const struct ip *to, uint16_t port,
    const struct ip *from, int timeout_s, struct err *e);

/* One read. 0 at the end of the stream; -1 with errno, ETIMEDOUT when nothing
 * came in time. */
NODISCARD ssize_t tcp_read(int fd, void *buf, size_t n, int timeout_s);

/* Writes everything, each wait no longer than the limit. 0 or -1 with errno. */
NODISCARD int tcp_write(int fd, const void *buf, size_t n, int timeout_s);

#endif
