/* SPDX-License-Identifier: ISC */
#include "mta/remote/remote.h"

static int
report_status(struct remote *r, enum mx_status status, struct span name)
{
	switch (status) {
	case MX_OK:
		return 0;
	case MX_SOFT:
		remote_report(r, 'Z',
		    "The name servers give no answer now. (#4.1.2)");
		break;
	case MX_NO_DOMAIN:
		remote_report_name(r, 'D', "There is no host named ", name,
		    ". (#5.1.2)");
		break;
	case MX_NO_ADDRESS:
		remote_report_name(r, 'D',
		    "No mail exchanger of this domain has an address: ", name,
		    ". (#5.4.4)");
		break;
	case MX_NULL:
		remote_report_name(r, 'D',
		    "This domain accepts no mail: ", name, ". (#5.1.10)");
		break;
	case MX_MEMORY:
		remote_report(r, 'Z', "Out of memory. (#4.3.0)");
		break;
	}
	return -1;
}

/* Addresses of preferences as good as ours or worse would send the message in
 * a circle. */
static int
drop_ourselves(struct remote *r, struct mx_list *list)
{
	size_t keep = list->n;

	for (size_t i = 0; i < keep; i++) {
		if (!ipme_is_me(&r->config.me, &list->address[i].ip))
			continue;
		for (keep = 0; list->address[keep].preference <
		               list->address[i].preference;)
			keep++;
	}
	list->n = keep;
	if (keep > 0)
		return 0;
	remote_report(r, 'D',
	    "This host is the best mail exchanger of that domain,\n"
	    "but the domain is not in its control/locals. (#5.4.6)");
	return -1;
}

static enum mx_status
resolve(struct remote *r, struct span name, bool is_relay, struct mx_list *list)
{
	bool is_v6_first = r->config.is_v6_first;
	enum mx_status status;
	struct dns dns;

	if (dns_open(&dns) == -1)
		return MX_MEMORY;
	if (is_relay)
		status = mx_resolve_host(&dns, name, is_v6_first, list);
	else
		status = mx_resolve(&dns, name, r->seed, is_v6_first, list);
	dns_close(&dns);
	return status;
}

/* A relay that wants what we cannot give would bounce everything. */
static int
check_route(struct remote *r, const struct smtproute *route)
{
	if (route->is_tls) {
		remote_report_name(r, 'Z',
		    "The relay wants TLS at once, which "
		    "this program cannot do: ",
		    route->relay, ". (#4.7.5)");
		return -1;
	}
	if (route->has_login && !r->config.login_is_optional) {
		remote_report_name(r, 'Z',
		    "The relay wants a login, which "
		    "this program cannot do: ",
		    route->relay, ". (#4.7.8)");
		return -1;
	}
	return 0;
}

int
remote_find_addresses(struct remote *r, struct mx_list *list, uint16_t *port)
{
	struct smtproute route = {.port = SMTP_PORT};
	struct span name = r->host;
	bool is_relay = smtproutes_find(&r->config.routes, r->host,
	                    r->sender.n > 0, &route) &&
	                route.relay.n > 0;

	if (is_relay)
		name = route.relay;
	*port = route.port;
	if (is_relay && check_route(r, &route) == -1)
		return -1;
	if (report_status(r, resolve(r, name, is_relay, list), name) == -1)
		return -1;
	return is_relay ? 0 : drop_ourselves(r, list);
}
