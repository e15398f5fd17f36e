/* SPDX-License-Identifier: ISC */
#include <net/if.h>
#include <stdlib.h>

#include "mta/ucspi/tcp_env.h"
#include "net/dns.h"

/* What a name is when the name servers do not answer now. */
#define SOFT_ERROR "softdnserror"

/* Unsets the variable when value is NULL. */
static int
set(const char *name, const char *value)
{
	return value == NULL ? unsetenv(name) : setenv(name, value, 1);
}

static int
set_str(const char *name, struct str *value)
{
	const char *text = str_cstr(value);

	return text == NULL ? -1 : set(name, text);
}

static int
set_port(const char *name, uint16_t port)
{
	struct str text = {0};
	int rc;

	str_put_u64(&text, port);
	rc = set_str(name, &text);
	str_free(&text);
	return rc;
}

/* is_mapped: IPv4 in the notation of IPv6. */
static int
set_ip(const char *name, const struct ip *ip, bool is_mapped)
{
	struct str text = {0};
	int rc;

	if (is_mapped && !ip->is_v6)
		str_put_cstr(&text, "::ffff:");
	ip_put(&text, ip);
	rc = set_str(name, &text);
	str_free(&text);
	return rc;
}

/* The name must be one that leads back to the address. */
static bool
leads_back(struct dns *d, struct span name, const struct ip *ip)
{
	struct ip *list = NULL;
	size_t n = 0, cap = 0;
	bool found = false;

	if (dns_find_addresses(d, name, ip->is_v6, &list, &n, &cap) == DNS_OK) {
		for (size_t i = 0; i < n && !found; i++)
			found = ip_eq(&list[i], ip);
	}
	free(list);
	return found;
}

/* Sets or unsets the variable by what the name servers say. */
static int
set_name_of(struct dns *d, const char *variable, const struct ip *ip,
    bool paranoid)
{
	struct str name = {0};
	int rc = -1;

	switch (dns_find_name(d, ip, &name)) {
	case DNS_OK:
		if (paranoid && !leads_back(d, str_span(&name), ip))
			rc = set(variable, NULL);
		else
			rc = set_str(variable, &name);
		break;
	case DNS_NONE:
		rc = set(variable, NULL);
		break;
	case DNS_SOFT:
		rc = set(variable, SOFT_ERROR);
		break;
	case DNS_MEMORY:
		break;
	}
	str_free(&name);
	return rc;
}

static int
ask_names(const struct tcp_env_connection *c, const struct tcp_env_wish *w)
{
	struct dns d;
	int rc = 0;

	if (dns_open(&d) == -1)
		return -1;
	if (w->localname == NULL)
		rc = set_name_of(&d, "TCPLOCALHOST", &c->local.ip, false);
	if (rc == 0)
		rc = set_name_of(&d, "TCPREMOTEHOST", &c->remote.ip,
		    w->paranoid);
	dns_close(&d);
	return rc;
}

static int
set_names(const struct tcp_env_connection *c, const struct tcp_env_wish *w)
{
	if (set("TCPLOCALHOST", w->localname) == -1 ||
	    set("TCPREMOTEHOST", NULL) == -1)
		return -1;
	return w->no_names ? 0 : ask_names(c, w);
}

static int
set_user(const struct tcp_env_connection *c, const struct tcp_env_wish *w)
{
	struct str user = {0};
	int rc;

	if (!w->no_user)
		ident_ask(c, w->ident_s, &user);
	rc = user.n == 0 ? set("TCPREMOTEINFO", NULL)
	                 : set_str("TCPREMOTEINFO", &user);
	str_free(&user);
	return rc;
}

static int
set_interface(unsigned scope)
{
	char name[IF_NAMESIZE];

	return set("TCP6INTERFACE",
	    scope == 0 ? NULL : if_indextoname(scope, name));
}

/* The same in the notation of IPv6, for programs that look for it. */
static int
set_v6(const struct tcp_env_connection *c)
{
	static const char *const same[][2] = {
	    {"TCP6LOCALHOST", "TCPLOCALHOST"},
	    {"TCP6REMOTEHOST", "TCPREMOTEHOST"},
	    {"TCP6REMOTEINFO", "TCPREMOTEINFO"},
	};

	if (set_ip("TCP6LOCALIP", &c->local.ip, true) == -1 ||
	    set_port("TCP6LOCALPORT", c->local.port) == -1 ||
	    set_ip("TCP6REMOTEIP", &c->remote.ip, true) == -1 ||
	    set_port("TCP6REMOTEPORT", c->remote.port) == -1 ||
	    set_interface(c->remote.scope) == -1)
		return -1;
	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
		if (set(same[i][0], getenv(same[i][1])) == -1)
			return -1;
	}
	return 0;
}

static int
set_unix(const struct tcp_env_wish *w)
{
	const char *name = w->localname == NULL ? "localhost" : w->localname;

	if (set("PROTO", "UNIX") == -1 || set("TCPLOCALIP", "0.0.0.0") == -1 ||
	    set("TCPREMOTEIP", "0.0.0.0") == -1 ||
	    set("TCPLOCALPORT", "0") == -1 || set("TCPREMOTEPORT", "0") == -1 ||
	    set("TCPLOCALHOST", name) == -1 ||
	    set("TCPREMOTEHOST", "localhost") == -1)
		return -1;
	return set("TCPREMOTEINFO", NULL);
}

int
tcp_env_set(const struct tcp_env_connection *c, const struct tcp_env_wish *w)
{
	if (c->is_unix)
		return set_unix(w);
	if (set("PROTO", c->remote.ip.is_v6 ? "TCP6" : "TCP") == -1 ||
	    set_ip("TCPLOCALIP", &c->local.ip, false) == -1 ||
	    set_port("TCPLOCALPORT", c->local.port) == -1 ||
	    set_ip("TCPREMOTEIP", &c->remote.ip, false) == -1 ||
	    set_port("TCPREMOTEPORT", c->remote.port) == -1 ||
	    set_names(c, w) == -1 || set_user(c, w) == -1)
		return -1;
	return c->is_v6 ? set_v6(c) : 0;
}
