/* SPDX-License-Identifier: ISC */
#include "net/dns.h"

#include <arpa/nameser.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <resolv.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/num.h"
#include "net/dns_answer.h"

enum { DNS_PORT = 53 };

/* "ADDRESS" or "ADDRESS:PORT" */
static void
use_server(struct __res_state *state, struct span text)
{
	size_t colon = span_rfind(text, ':');
	uint64_t port = DNS_PORT;
	struct ip ip;

	if (colon < text.n &&
	    !num_parse_u64(span_from(text, colon + 1), UINT16_MAX, &port))
		return;
	if (!ip_parse(span_first(text, colon), &ip) || ip.is_v6)
		return;
	state->nscount = 1;
	memset(&state->nsaddr_list[0], 0, sizeof(state->nsaddr_list[0]));
	state->nsaddr_list[0].sin_family = AF_INET;
	state->nsaddr_list[0].sin_port = htons((uint16_t)port);
	memcpy(&state->nsaddr_list[0].sin_addr, ip.byte, 4);
}

int
dns_open(struct dns *d)
{
	struct __res_state *state = calloc(1, sizeof(*state));

	d->answer = malloc(DNS_ANSWER_MAX);
	if (state == NULL || d->answer == NULL || res_ninit(state) == -1) {
		free(state);
		free(d->answer);
		errno = ENOMEM;
		return -1;
	}
	state->options |= RES_USE_EDNS0;
	use_server(state, span_cstr(getenv("DNSCACHEIP")));
	d->state = state;
	return 0;
}

void
dns_close(struct dns *d)
{
	if (d->state != NULL)
		res_nclose(d->state);
	free(d->state);
	free(d->answer);
	*d = (struct dns){0};
}

/* Bytes of the answer in *size. */
static enum dns_status
ask(struct dns *d, struct span name, int type, size_t *size)
{
	struct __res_state *state = d->state;
	char text[DNS_NAME_MAX + 1];
	int got;

	if (name.n == 0 || name.n > DNS_NAME_MAX ||
	    span_find(name, '\0', 0) < name.n)
		return DNS_NONE;
	memcpy(text, name.p, name.n);
	text[name.n] = '\0';
	got = res_nquery(state, text, ns_c_in, type, d->answer, DNS_ANSWER_MAX);
	if (got >= 0) {
		*size = got > DNS_ANSWER_MAX ? DNS_ANSWER_MAX : (size_t)got;
		return DNS_OK;
	}
	switch (state->res_h_errno) {
	case HOST_NOT_FOUND:
	case NO_DATA:
		return DNS_NONE;
	default:
		return DNS_SOFT;
	}
}

enum dns_status
dns_find_mx(struct dns *d, struct span name, struct dns_mx **list, size_t *n)
{
	enum dns_status status;
	size_t size = 0;

	*list = NULL;
	*n = 0;
	status = ask(d, name, ns_t_mx, &size);
	if (status != DNS_OK)
		return status;
	*list = calloc(DNS_RECORDS_MAX, sizeof(**list));
	if (*list == NULL)
		return DNS_MEMORY;
	*n = dns_answer_mx(d->answer, size, *list, DNS_RECORDS_MAX);
	if (*n > 0)
		return DNS_OK;
	free(*list);
	*list = NULL;
	return DNS_NONE;
}

enum dns_status
dns_find_addresses(struct dns *d, struct span name, bool is_v6,
    struct ip **list, size_t *n, size_t *cap)
{
	enum dns_status status;
	size_t size = 0, found;

	status = ask(d, name, is_v6 ? ns_t_aaaa : ns_t_a, &size);
	if (status != DNS_OK)
		return status;
	if (!array_grow(list, cap, *n + DNS_RECORDS_MAX, sizeof(**list)))
		return DNS_MEMORY;
	found = dns_answer_addresses(d->answer, size, is_v6, *list + *n,
	    DNS_RECORDS_MAX);
	*n += found;
	return found > 0 ? DNS_OK : DNS_NONE;
}
