/* SPDX-License-Identifier: ISC */
#include "net/mx.h"

#include <stdlib.h>

#include "net/mx_order.h"

static enum dns_status
combine(enum dns_status a, enum dns_status b)
{
	if (a == DNS_MEMORY || b == DNS_MEMORY)
		return DNS_MEMORY;
	if (a == DNS_OK || b == DNS_OK)
		return DNS_OK;
	return a == DNS_SOFT || b == DNS_SOFT ? DNS_SOFT : DNS_NONE;
}

/* Adds the addresses of one host, both families. */
static enum dns_status
add_host(struct dns *d, struct span host, uint32_t preference, bool is_v6_first,
    struct mx_list *list)
{
	struct ip *first = NULL, *second = NULL, ip;
	size_t firsts = 0, seconds = 0, cap = 0, second_cap = 0;
	enum dns_status status;

	if (ip_parse_classic(host, &ip) || ip_parse_literal(host, &ip))
		return mx_add_host(list, preference, &ip, 1, NULL, 0)
		           ? DNS_OK
		           : DNS_MEMORY;
	status =
	    dns_find_addresses(d, host, is_v6_first, &first, &firsts, &cap);
	status = combine(status, dns_find_addresses(d, host, !is_v6_first,
	                             &second, &seconds, &second_cap));
	if (!mx_add_host(list, preference, first, firsts, second, seconds))
		status = DNS_MEMORY;
	free(first);
	free(second);
	return status;
}

enum mx_status
mx_resolve_host(struct dns *d, struct span host, bool is_v6_first,
    struct mx_list *list)
{
	switch (add_host(d, host, 0, is_v6_first, list)) {
	case DNS_OK:
		return MX_OK;
	case DNS_SOFT:
		return MX_SOFT;
	case DNS_NONE:
		return MX_NO_DOMAIN;
	case DNS_MEMORY:
		break;
	}
	return MX_MEMORY;
}

static enum mx_status
resolve_all(struct dns *d, struct dns_mx *mx, size_t n, bool is_v6_first,
    struct mx_list *list)
{
	bool is_soft = false;

	for (size_t i = 0; i < n; i++) {
		enum dns_status status = add_host(d, span_cstr(mx[i].name),
		    mx[i].preference, is_v6_first, list);

		if (status == DNS_MEMORY)
			return MX_MEMORY;
		if (status == DNS_SOFT)
			is_soft = true;
	}
	if (list->n > 0)
		return MX_OK;
	return is_soft ? MX_SOFT : MX_NO_ADDRESS;
}

enum mx_status
mx_resolve(struct dns *d, struct span domain, uint64_t seed, bool is_v6_first,
    struct mx_list *list)
{
	enum mx_status status;
	struct dns_mx *mx;
	struct ip ip;
	size_t n;

	if (ip_parse_classic(domain, &ip) || ip_parse_literal(domain, &ip))
		return mx_add_host(list, 0, &ip, 1, NULL, 0) ? MX_OK
		                                             : MX_MEMORY;
	switch (dns_find_mx(d, domain, &mx, &n)) {
	case DNS_SOFT:
		return MX_SOFT;
	case DNS_MEMORY:
		return MX_MEMORY;
	case DNS_NONE:
		return mx_resolve_host(d, domain, is_v6_first, list);
	case DNS_OK:
		break;
	}
	if (n == 1 && mx[0].name[0] == '\0') {
		free(mx);
		return MX_NULL;
	}
	mx_order(mx, n, seed);
	status = resolve_all(d, mx, n, is_v6_first, list);
	free(mx);
	return status;
}

void
mx_free(struct mx_list *list)
{
	free(list->address);
	*list = (struct mx_list){0};
}
