/* SPDX-License-Identifier: ISC */
#include "qmail/retry.h"

#include "base/num.h"

/* 0 for a birth in the future; cannot overflow. */
static uint64_t
age_at(int64_t birth, int64_t now)
{
	return now <= birth ? 0 : (uint64_t)now - (uint64_t)birth;
}

int64_t
retry_next(int64_t birth, int64_t now, unsigned skip)
{
	uint64_t root = num_isqrt(age_at(birth, now)) + skip;
	int64_t delay, next;

	if (__builtin_mul_overflow(root, root, &delay) ||
	    __builtin_add_overflow(birth, delay, &next))
		return INT64_MAX;
	return next;
}

bool
retry_is_dying(int64_t birth, int64_t now, int64_t lifetime)
{
	return now > birth && age_at(birth, now) > (uint64_t)lifetime;
}

int64_t
retry_estimate(int64_t birth, int64_t now, unsigned skip)
{
	/* the attempt after one at a root of k * skip has the root
	 * (k + 1) * skip */
	uint64_t root = num_isqrt(age_at(birth, now));

	root = (root / skip + 1) * skip;
	return birth + (int64_t)(root * root);
}
