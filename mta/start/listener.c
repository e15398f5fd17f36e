/* SPDX-License-Identifier: ISC */
#include "mta/start/listener.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/num.h"

enum { PORT_MAX = 65535 };

static bool
copy(char *to, size_t size, struct span from)
{
	if (from.n == 0 || from.n >= size || span_find(from, '\0', 0) < from.n)
		return false;
	memcpy(to, from.p, from.n);
	to[from.n] = '\0';
	return true;
}

static bool
parse_address(struct listener *l, bool is_six, uint16_t port)
{
	struct sockaddr_in *four = (struct sockaddr_in *)&l->address;
	struct sockaddr_in6 *six = (struct sockaddr_in6 *)&l->address;

	memset(&l->address, 0, sizeof(l->address));
	if (is_six) {
		six->sin6_family = AF_INET6;
		six->sin6_port = htons(port);
		l->size = sizeof(*six);
		return inet_pton(AF_INET6, l->host, &six->sin6_addr) == 1;
	}
	four->sin_family = AF_INET;
	four->sin_port = htons(port);
	l->size = sizeof(*four);
	return inet_pton(AF_INET, l->host, &four->sin_addr) == 1;
}

bool
listener_parse(struct span text, struct listener *l)
{
	bool is_six = span_take_prefix(&text, SPAN("["));
	size_t colon = span_rfind(text, ':');
	struct span host = span_first(text, colon);
	struct span port = span_from(text, colon + 1);
	uint64_t number;

	if (is_six && !span_has_suffix(host, SPAN("]")))
		return false;
	if (is_six)
		host.n--;
	if (!copy(l->host, sizeof(l->host), host) ||
	    !copy(l->port, sizeof(l->port), port) ||
	    !num_parse_canonical(port, PORT_MAX, &number) || number == 0)
		return false;
	return parse_address(l, is_six, (uint16_t)number);
}

static int
open_socket(const struct listener *l, int flags)
{
	return socket(l->address.ss_family, SOCK_STREAM | SOCK_CLOEXEC | flags,
	    0);
}

int
listener_check_free(const struct listener *l, struct err *e)
{
	int fd = open_socket(l, 0), on = 1, rc = 0;

	if (fd == -1)
		return err_sys(e, "make a socket for", l->host);
	/* as tcpserver does: old connections do not stop a restart */
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, (const struct sockaddr *)&l->address, l->size) == -1 ||
	    listen(fd, 1) == -1)
		rc = err_set(e, ERR_SYS, "cannot listen on %s port %s: %s",
		    l->host, l->port, strerror(errno));
	fd_close(&fd);
	return rc;
}

/* A wildcard address is no destination; the loopback of its family is. */
static void
make_reachable(struct sockaddr_storage *address)
{
	struct sockaddr_in *four = (struct sockaddr_in *)address;
	struct sockaddr_in6 *six = (struct sockaddr_in6 *)address;

	if (address->ss_family == AF_INET &&
	    four->sin_addr.s_addr == htonl(INADDR_ANY))
		four->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (address->ss_family == AF_INET6 &&
	    IN6_IS_ADDR_UNSPECIFIED(&six->sin6_addr))
		six->sin6_addr = in6addr_loopback;
}

bool
listener_accepts(const struct listener *l)
{
	struct sockaddr_storage to = l->address;
	int fd = open_socket(l, 0);
	bool accepted;

	if (fd == -1)
		return false;
	make_reachable(&to);
	/* to this host a connect does not wait */
	accepted = connect(fd, (const struct sockaddr *)&to, l->size) == 0;
	fd_close(&fd);
	return accepted;
}
