/* SPDX-License-Identifier: ISC */
#include "net/dns_answer.h"

#include <arpa/nameser.h>
#include <resolv.h>
#include <string.h>

enum { MX_NAME_AT = 2 }; /* behind the preference */

/* Positions on the record with this index; false when there is none, it is
 * damaged or of another type. */
static bool
read_record(ns_msg *message, int index, ns_type type, ns_rr *record)
{
	return ns_parserr(message, ns_s_an, index, record) == 0 &&
	       ns_rr_type(*record) == type && ns_rr_class(*record) == ns_c_in;
}

static bool
open_message(const unsigned char *bytes, size_t size, ns_msg *message)
{
	return size <= DNS_ANSWER_MAX &&
	       ns_initparse(bytes, (int)size, message) == 0;
}

size_t
dns_answer_mx(const unsigned char *message, size_t size, struct dns_mx *list,
    size_t max)
{
	ns_msg m;
	ns_rr r;
	size_t n = 0;

	if (!open_message(message, size, &m))
		return 0;
	for (int i = 0; i < ns_msg_count(m, ns_s_an) && n < max; i++) {
		const unsigned char *data;

		if (!read_record(&m, i, ns_t_mx, &r) ||
		    ns_rr_rdlen(r) <= MX_NAME_AT)
			continue;
		data = ns_rr_rdata(r);
		if (dn_expand(ns_msg_base(m), ns_msg_end(m), data + MX_NAME_AT,
		        list[n].name, DNS_NAME_MAX) == -1)
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
	ns_msg m;
	ns_rr r;
	size_t n = 0;

	if (!open_message(message, size, &m))
		return 0;
	for (int i = 0; i < ns_msg_count(m, ns_s_an) && n < max; i++) {
		if (!read_record(&m, i, is_v6 ? ns_t_aaaa : ns_t_a, &r) ||
		    ns_rr_rdlen(r) != bytes)
			continue;
		list[n] = (struct ip){.is_v6 = is_v6};
		memcpy(list[n++].byte, ns_rr_rdata(r), bytes);
	}
	return n;
}
