/* SPDX-License-Identifier: ISC */
#ifndef MTA_UCSPI_TCP_ENV_H
#define MTA_UCSPI_TCP_ENV_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "fmt/ip.h"

/* tcp-env: gives a program that was started by inetd or systemd the environment
 * that it would have under tcpserver. Specification: smtp.md section 5. */

enum {
	TCP_ENV_DENIED = 100,
	TCP_ENV_FAILED = 111, /* whatever went wrong: it can be tried again */
	TCP_ENV_IDENT_S = 30, /* default time for the user's name */
};

/* What the command line says. */
struct tcp_env_wish {
	bool no_names;         /* -H: do not ask for host names */
	bool paranoid;         /* -p: a name must lead back to its address */
	bool no_user;          /* -R: do not ask for the user's name */
	unsigned ident_s;      /* -t */
	const char *localname; /* -l; NULL: ask for it */
	const char *rules;     /* -x; NULL: none */
	char **program;        /* with its arguments; ends with NULL */
};

/* Parses argv; the program comes behind the options. 0, or -1. */
NODISCARD int tcp_env_parse(int argc, char **argv, struct tcp_env_wish *w);

/* One end of the connection. */
struct tcp_env_end {
	struct ip ip;
	uint16_t port;
	unsigned scope; /* interface of a link-local address, or 0 */
};

struct tcp_env_connection {
	bool is_unix; /* a local socket: no addresses */
	bool is_v6;   /* the socket is an IPv6 one, though its addresses may be
	                 mapped IPv4 */
	struct tcp_env_end local, remote;
};

/* ---- tcp_env_socket.c ---------------------------------------------------- */

/* Who is at both ends of the socket. 0, or -1 when it is no connected one. */
NODISCARD int tcp_env_examine(int fd, struct tcp_env_connection *c);

/* ---- tcp_env_names.c ----------------------------------------------------- */

/* Sets the variables for the addresses, names and the user. 0, or -1. */
NODISCARD int tcp_env_set(const struct tcp_env_connection *c,
    const struct tcp_env_wish *w);

/* ---- ident.c ------------------------------------------------------------- */

/* Asks the remote host whose connection this is (RFC 1413). Appends the answer;
 * nothing when there is none in time. */
void ident_ask(const struct tcp_env_connection *c, unsigned timeout_s,
    struct str *user);

/* What stands behind the third colon of an answer, without blanks. False when
 * it is no answer with a name. */
NODISCARD bool ident_parse(struct span line, struct str *user);

/* ---- tcp_env_rules.c ----------------------------------------------------- */

/* Obeys the rules for the peer of our environment: sets their variables. 0, or
 * the exit status: TCP_ENV_DENIED, TCP_ENV_FAILED. */
NODISCARD int tcp_env_obey(const char *rules);

/* ---- tcp_env.c ----------------------------------------------------------- */

/* True when somebody else has set the variables already. */
NODISCARD bool tcp_env_is_set(void);

#endif
