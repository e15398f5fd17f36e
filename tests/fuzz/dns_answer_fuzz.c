/* SPDX-License-Identifier: ISC */
#include <stddef.h>
#include <stdint.h>

#include "net/dns_answer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Invariants: never more records than asked for; every name is terminated
 * within its field; addresses have the family that was asked for. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum { MAX = 20 };
	char name[DNS_NAME_MAX + 1];
	struct dns_mx mx[MAX];
	struct ip list[MAX];
	size_t n;

	n = dns_answer_mx(data, size, mx, MAX);
	if (n > MAX)
		__builtin_trap();
	for (size_t i = 0; i < n; i++) {
		if (memchr(mx[i].name, '\0', sizeof(mx[i].name)) == NULL)
			__builtin_trap();
	}
	for (int is_v6 = 0; is_v6 < 2; is_v6++) {
		n = dns_answer_addresses(data, size, is_v6, list, MAX);
		if (n > MAX)
			__builtin_trap();
		for (size_t i = 0; i < n; i++) {
			if (list[i].is_v6 != is_v6)
				__builtin_trap();
		}
	}
	if (dns_answer_name(data, size, name) &&
	    memchr(name, '\0', sizeof(name)) == NULL)
		__builtin_trap();
	if (dns_is_name((struct span){(const char *)data, size}) &&
	    size > DNS_NAME_MAX)
		__builtin_trap();
	return 0;
}
