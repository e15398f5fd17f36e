/* SPDX-License-Identifier: ISC */
#include "net/mx_order.h"

#include "base/array.h"

/* A step of a linear congruential generator; the high bits are the good ones.
 */
static uint64_t
next_random(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005U + 1442695040888963407U;
	return *seed >> 33;
}

static void
shuffle(struct dns_mx *mx, size_t n, uint64_t seed)
{
	for (size_t i = n; i > 1; i--) {
		size_t j = next_random(&seed) % i;
		struct dns_mx swap = mx[i - 1];

		mx[i - 1] = mx[j];
		mx[j] = swap;
	}
}

/* The sort is stable, so that equal ones stay in the order of the shuffle. */
void
mx_order(struct dns_mx *mx, size_t n, uint64_t seed)
{
	shuffle(mx, n, seed);
	for (size_t i = 1; i < n; i++) {
		struct dns_mx moving = mx[i];
		size_t at = i;

		for (; at > 0 && mx[at - 1].preference > moving.preference;
		     at--)
			mx[at] = mx[at - 1];
		mx[at] = moving;
	}
}

static bool
add(struct mx_list *list, uint32_t preference, const struct ip *ip)
{
	if (list->n >= MX_ADDRESSES_MAX)
		return true;
	if (!array_grow(&list->address, &list->cap, list->n + 1,
	        sizeof(*list->address)))
		return false;
	list->address[list->n++] =
	    (struct mx_address){.preference = preference, .ip = *ip};
	return true;
}

bool
mx_add_host(struct mx_list *list, uint32_t preference, const struct ip *first,
    size_t firsts, const struct ip *second, size_t seconds)
{
	for (size_t i = 0; i < firsts || i < seconds; i++) {
		if (i < firsts && !add(list, preference, &first[i]))
			return false;
		if (i < seconds && !add(list, preference, &second[i]))
			return false;
	}
	return true;
}
