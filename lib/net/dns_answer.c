/* SPDX-License-Identifier: ISC */
#include "net/dns_answer.h"

#include <arpa/nameser.h>
#include <resolv.h>
#include <stdio.h>
#include <string.h>

#include "base/ascii.h"

enum {
	MX_NAME_AT = 2, /* behind the preference */
	LABEL_MAX = 63,
};

/* One answer, and whose records in it count. */
struct answer {
	ns_msg message;
	char owner[NS_MAXDNAME];
};

/* The next record from *index on, which moves behind it; false behind the last
 * one and at damage. */
static bool
next_record(struct answer *a, int *index, ns_rr *record)
{
	int n = ns_msg_count(a->message, ns_s_an);

	while (*index < n) {
		if (ns_parserr(&a->message, ns_s_an, (*index)++, record) != 0)
			*index = n;
		else if (ns_rr_class(*record) == ns_c_in)
			return true;
	}
	return false;
}

static bool
is_owned(const struct answer *a, const ns_rr *record, ns_type type)
{
	return ns_rr_type(*record) == type &&
	       ascii_eq_nocase(span_cstr(record->name), span_cstr(a->owner));
}

static bool
expand(const struct answer *a, const unsigned char *from, char *to, int size)
{
	return dn_expand(ns_msg_base(a->message), ns_msg_end(a->message), from,
	           to, size) != -1;
}

/* Moves on to what the owner is an alias of. */
static bool
follow_alias(struct answer *a)
{
	char target[NS_MAXDNAME];
	int at = 0;
	ns_rr r;

	while (next_record(a, &at, &r)) {
		if (!is_owned(a, &r, ns_t_cname))
			continue;
		if (!expand(a, ns_rr_rdata(r), target, sizeof(target)))
			return false;
		memcpy(a->owner, target, sizeof(target));
		return true;
	}
	return false;
}

/* The question comes first in the message; it says whose records we want. */
static bool
open_answer(struct answer *a, const unsigned char *bytes, size_t size)
{
	ns_rr question;

	if (size > DNS_ANSWER_MAX ||
	    ns_initparse(bytes, (int)size, &a->message) != 0 ||
	    ns_parserr(&a->message, ns_s_qd, 0, &question) != 0)
		return false;
	memcpy(a->owner, question.name, sizeof(a->owner));
	for (int i = 0; i < DNS_ALIASES_MAX; i++) {
		if (!follow_alias(a))
			break;
	}
	return true;
}

size_t
dns_answer_mx(const unsigned char *message, size_t size, struct dns_mx *list,
    size_t max)
{
	struct answer a;
	ns_rr r;
	size_t n = 0;
	int at = 0;

	if (!open_answer(&a, message, size))
		return 0;
	while (n < max && next_record(&a, &at, &r)) {
		const unsigned char *data;

		if (!is_owned(&a, &r, ns_t_mx) || ns_rr_rdlen(r) <= MX_NAME_AT)
			continue;
		data = ns_rr_rdata(r);
		if (!expand(&a, data + MX_NAME_AT, list[n].name,
		        sizeof(list[n].name)))
			continue;
		list[n++].preference = (uint16_t)ns_get16(data);
	}
	return n;
}

size_t
dns_answer_addresses(const unsigned char *message, size_t size, bool is_v6,
    struct ip *list, size_t max)
{
	const size_t bytes = is_v6 ? NS_IN6ADDRSZ : NS_INADDRSZ;
	struct answer a;
	ns_rr r;
	size_t n = 0;
	int at = 0;

	if (!open_answer(&a, message, size))
		return 0;
	while (n < max && next_record(&a, &at, &r)) {
		if (!is_owned(&a, &r, is_v6 ? ns_t_aaaa : ns_t_a) ||
		    ns_rr_rdlen(r) != bytes)
			continue;
		list[n] = (struct ip){.is_v6 = is_v6};
		memcpy(list[n++].byte, ns_rr_rdata(r), bytes);
	}
	return n;
}

bool
dns_answer_name(const unsigned char *message, size_t size, char *target)
{
	struct answer a;
	int at = 0;
	ns_rr r;

	if (!open_answer(&a, message, size))
		return false;
	while (next_record(&a, &at, &r)) {
		if (is_owned(&a, &r, ns_t_ptr) &&
		    expand(&a, ns_rr_rdata(r), target, DNS_NAME_MAX + 1))
			return true;
	}
	return false;
}

bool
dns_is_name(struct span name)
{
	if (name.n > DNS_NAME_MAX || span_find(name, '\0', 0) < name.n)
		return false;
	if (span_has_suffix(name, SPAN(".")))
		name.n--;
	for (;;) {
		size_t dot = span_find(name, '.', 0);

		if (dot == 0 || dot > LABEL_MAX)
			return false;
		if (dot == name.n)
			return true;
		name = span_from(name, dot + 1);
	}
}

void
dns_put_reverse(const struct ip *ip, char *text)
{
	size_t bytes = ip->is_v6 ? NS_IN6ADDRSZ : NS_INADDRSZ, n = 0;

	while (bytes-- > 0) {
		unsigned byte = ip->byte[bytes];
		int put = ip->is_v6 ? snprintf(text + n, DNS_NAME_MAX - n,
		                          "%x.%x.", byte & 0xf, byte >> 4)
		                    : snprintf(text + n, DNS_NAME_MAX - n,
		                          "%u.", byte);

		n += (size_t)put; /* 64 bytes at most in all */
	}
	memcpy(text + n, ip->is_v6 ? "ip6.arpa" : "in-addr.arpa",
	    ip->is_v6 ? sizeof("ip6.arpa") : sizeof("in-addr.arpa"));
}
