/* SPDX-License-Identifier: ISC */
#include "net/tcp.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>

#include "base/fd.h"

enum { TIMEOUT_MAX_S = 86400 }; /* so that milliseconds fit an int */

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

static socklen_t
fill_address(union address *a, const struct ip *ip, uint16_t port)
{
	memset(a, 0, sizeof(*a));
	if (ip->is_v6) {
		a->v6.sin6_family = AF_INET6;
		a->v6.sin6_port = htons(port);
		memcpy(&a->v6.sin6_addr, ip->byte, 16);
		return sizeof(a->v6);
	}
	a->v4.sin_family = AF_INET;
	a->v4.sin_port = htons(port);
	memcpy(&a->v4.sin_addr, ip->byte, 4);
	return sizeof(a->v4);
}

/* 0 when fd is ready, -1 with errno ETIMEDOUT or another. */
static int
wait_for(int fd, short events, int timeout_s)
{
	struct pollfd p = {.fd = fd, .events = events};
	int rc;

	if (timeout_s < 0 || timeout_s > TIMEOUT_MAX_S)
		timeout_s = TIMEOUT_MAX_S;
	do {
		rc = poll(&p, 1, timeout_s * 1000);
	} while (rc == -1 && errno == EINTR);
	if (rc == 0)
		errno = ETIMEDOUT;
	return rc > 0 ? 0 : -1;
}

static int
finish_connect(int fd, int timeout_s)
{
	socklen_t length = sizeof(int);
	int error = 0;

	if (wait_for(fd, POLLOUT, timeout_s) == -1)
		return -1;
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) == -1)
		return -1;
	errno = error;
	return error == 0 ? 0 : -1;
}

/* A socket with what goes before connecting; TCP_FAILED where the system has
 * no such family. */
static int
open_socket(const struct ip *to, const struct ip *from, struct err *e)
{
	const int on = 1;
	union address a;
	socklen_t n;
	int fd;

	fd = socket(to->is_v6 ? AF_INET6 : AF_INET,
	    SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd == -1) {
		err_sys(e, "make", "socket");
		return errno == EAFNOSUPPORT ? TCP_FAILED : TCP_TROUBLE;
	}
	if (from != NULL) {
		n = fill_address(&a, from, 0);
		if (bind(fd, &a.any, n) == -1) {
			err_sys(e, "use", "local address");
			fd_close(&fd);
			return TCP_TROUBLE;
		}
	}
	if (setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) == 0)
		return fd;
	err_sys(e, "set up", "socket");
	fd_close(&fd);
	return TCP_TROUBLE;
}

static int
connect_socket(int fd, const struct ip *to, uint16_t port, int timeout_s)
{
	union address a;
	socklen_t n = fill_address(&a, to, port);

	if (connect(fd, &a.any, n) == 0)
		return 0;
	return errno == EINPROGRESS ? finish_connect(fd, timeout_s) : -1;
}

int
tcp_connect(const struct ip *to, uint16_t port, const struct ip *from,
    int timeout_s, struct err *e)
{
	struct str name = {0};
	int fd = open_socket(to, from, e);

	if (fd < 0 || connect_socket(fd, to, port, timeout_s) == 0)
		return fd;
	fd_close(&fd);
	ip_put(&name, to);
	err_sys(e, "connect to",
	    str_cstr(&name) == NULL ? "server" : str_cstr(&name));
	str_free(&name);
	return TCP_FAILED;
}

ssize_t
tcp_read(int fd, void *buf, size_t n, int timeout_s)
{
	for (;;) {
		ssize_t got = fd_read_some(fd, buf, n);

		if (got >= 0 || errno != EAGAIN)
			return got;
		if (wait_for(fd, POLLIN, timeout_s) == -1)
			return -1;
	}
}

int
tcp_write(int fd, const void *buf, size_t n, int timeout_s)
{
	const char *from = buf;

	while (n > 0) {
		ssize_t put = send(fd, from, n, MSG_NOSIGNAL);

		if (put >= 0) {
			from += put;
			n -= (size_t)put;
		} else if (errno == EAGAIN) {
			if (wait_for(fd, POLLOUT, timeout_s) == -1)
				return -1;
		} else if (errno != EINTR) {
			return -1;
		}
	}
	return 0;
}
