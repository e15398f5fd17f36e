/* SPDX-License-Identifier: ISC */
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "mta/ucspi/tcp_env.h"

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
	struct sockaddr_un local;
};

static struct ip
ip_of_v6(const struct in6_addr *address)
{
	struct ip ip = {.is_v6 = true};

	memcpy(ip.byte, address, sizeof(ip.byte));
	if (!IN6_IS_ADDR_V4MAPPED(address))
		return ip;
	ip = (struct ip){0};
	memcpy(ip.byte, address->s6_addr + 12, 4);
	return ip;
}

/* 0, or -1 for a family we do not know. */
static int
read_end(const union address *a, struct tcp_env_connection *c,
    struct tcp_env_end *end)
{
	*end = (struct tcp_env_end){0};
	switch (a->any.sa_family) {
	case AF_INET:
		memcpy(end->ip.byte, &a->v4.sin_addr, sizeof(a->v4.sin_addr));
		end->port = ntohs(a->v4.sin_port);
		return 0;
	case AF_INET6:
		c->is_v6 = true;
		end->ip = ip_of_v6(&a->v6.sin6_addr);
		end->port = ntohs(a->v6.sin6_port);
		end->scope = a->v6.sin6_scope_id;
		return 0;
	case AF_UNIX:
		c->is_unix = true;
		return 0;
	default:
		return -1;
	}
}

int
tcp_env_examine(int fd, struct tcp_env_connection *c)
{
	union address a;
	socklen_t n;

	*c = (struct tcp_env_connection){0};
	memset(&a, 0, sizeof(a));
	n = sizeof(a);
	if (getsockname(fd, &a.any, &n) == -1 ||
	    read_end(&a, c, &c->local) == -1)
		return -1;
	memset(&a, 0, sizeof(a));
	n = sizeof(a);
	if (getpeername(fd, &a.any, &n) == -1)
		return -1;
	return read_end(&a, c, &c->remote);
}
