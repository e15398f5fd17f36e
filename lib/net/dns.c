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
#include "base/ascii.h"
#include "net/dns_answer.h"

enum {
	DNS_PORT = 53,
	RCODE_AT = 3, /* byte of an answer whose low half is the code */
};

/* The resolver keeps IPv4 servers in one list and IPv6 servers in another, with
 * family 0 in the first. */
static bool
set_server(struct __res_state *state, int at, const struct ip *ip,
    uint16_t port)
{
	struct sockaddr_in *v4 = &state->nsaddr_list[at];
	struct sockaddr_in6 *v6;

	memset(v4, 0, sizeof(*v4));
	if (!ip->is_v6) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons(port);
		memcpy(&v4->sin_addr, ip->byte, sizeof(v4->sin_addr));
		return true;
	}
	v6 = calloc(1, sizeof(*v6));
	if (v6 == NULL)
		return false;
	v6->sin6_family = AF_INET6;
	v6->sin6_port = htons(port);
	memcpy(&v6->sin6_addr, ip->byte, sizeof(v6->sin6_addr));
	free(state->_u._ext.nsaddrs[at]);
	state->_u._ext.nsaddrs[at] = v6; /* res_nclose() frees it */
	return true;
}

/* The servers of DNSCACHEIP. What is no address is passed over; without any the
 * system's stay. */
static bool
use_servers(struct __res_state *state, struct span text)
{
	int n = 0;

	while (text.n > 0 && n < MAXNS) {
		size_t blank = span_find(text, ' ', 0);
		struct span word = span_first(text, blank);
		uint16_t port = DNS_PORT;
		struct ip ip;

		text = span_from(text, blank + 1);
		if (!ip_parse_port(word, &ip, &port))
			continue;
		if (!set_server(state, n++, &ip, port))
			return false;
	}
	if (n > 0)
		state->nscount = n;
	return true;
}

int
dns_open(struct dns *d)
{
	struct __res_state *state = calloc(1, sizeof(*state));

	d->answer = malloc(DNS_ANSWER_MAX);
	d->state = NULL;
	if (state == NULL || d->answer == NULL || res_ninit(state) == -1) {
		free(state);
		goto fail;
	}
	d->state = state;
	state->options |= RES_USE_EDNS0;
	if (use_servers(state, span_cstr(getenv("DNSCACHEIP"))))
		return 0;
fail:
	dns_close(d);
	errno = ENOMEM;
	return -1;
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

static bool
is_format_error(const unsigned char *answer)
{
	return (answer[RCODE_AT] & 0xf) == ns_r_formerr;
}

/* A server that does not know EDNS says "format error", which the resolver
 * takes for an answer: it is asked again without. */
static int
query(struct __res_state *state, const char *name, int type,
    unsigned char *answer)
{
	int got;

	answer[RCODE_AT] = 0;
	got = res_nquery(state, name, ns_c_in, type, answer, DNS_ANSWER_MAX);
	if (got >= 0 || (state->options & RES_USE_EDNS0) == 0 ||
	    !is_format_error(answer))
		return got;
	state->options &= ~(unsigned long)RES_USE_EDNS0;
	return res_nquery(state, name, ns_c_in, type, answer, DNS_ANSWER_MAX);
}

/* Asks for a name as a C string; bytes of the answer in *size. */
static enum dns_status
ask(struct dns *d, const char *name, int type, size_t *size)
{
	struct __res_state *state = d->state;
	int got = query(state, name, type, d->answer);

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

static bool
copy_name(struct span name, char *text)
{
	/* the resolver would call a name that cannot be a temporary failure */
	if (!dns_is_name(name))
		return false;
	memcpy(text, name.p, name.n);
	text[name.n] = '\0';
	return true;
}

enum dns_status
dns_find_mx(struct dns *d, struct span name, struct dns_mx **list, size_t *n)
{
	char text[DNS_NAME_MAX + 1];
	enum dns_status status;
	size_t size = 0;

	*list = NULL;
	*n = 0;
	if (!copy_name(name, text))
		return DNS_NONE;
	status = ask(d, text, ns_t_mx, &size);
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
	char text[DNS_NAME_MAX + 1];
	enum dns_status status;
	size_t size = 0, found;

	if (!copy_name(name, text))
		return DNS_NONE;
	status = ask(d, text, is_v6 ? ns_t_aaaa : ns_t_a, &size);
	if (status != DNS_OK)
		return status;
	if (!array_grow(list, cap, *n + DNS_RECORDS_MAX, sizeof(**list)))
		return DNS_MEMORY;
	found = dns_answer_addresses(d->answer, size, is_v6, *list + *n,
	    DNS_RECORDS_MAX);
	*n += found;
	return found > 0 ? DNS_OK : DNS_NONE;
}

enum dns_status
dns_find_name(struct dns *d, const struct ip *ip, struct str *name)
{
	char text[DNS_NAME_MAX + 1], target[DNS_NAME_MAX + 1];
	enum dns_status status;
	size_t size = 0;

	dns_put_reverse(ip, text);
	status = ask(d, text, ns_t_ptr, &size);
	if (status != DNS_OK)
		return status;
	if (!dns_answer_name(d->answer, size, target))
		return DNS_NONE;
	for (const char *c = target; *c != '\0'; c++)
		str_putc(name, ascii_lower(*c));
	return str_ok(name) ? DNS_OK : DNS_MEMORY;
}
