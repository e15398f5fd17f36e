/* SPDX-License-Identifier: ISC */
#include "base/array.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/size.h"

enum { ARRAY_MIN = 8 };

bool
array_grow(void *items, size_t *cap, size_t need, size_t item)
{
	size_t want = *cap < ARRAY_MIN ? ARRAY_MIN : *cap, bytes;
	void *old, *grown;

	if (need <= *cap)
		return true;
	while (want < need) {
		if (!size_mul(want, 2, &want))
			goto fail;
	}
	if (!size_mul(want, item, &bytes))
		goto fail;
	/* items is the address of some T *; copied as bytes so that no pointer
	 * is read through a type it does not have */
	memcpy(&old, items, sizeof(old));
	grown = realloc(old, bytes);
	if (grown == NULL)
		goto fail;
	memcpy(items, &grown, sizeof(grown));
	*cap = want;
	return true;
fail:
	errno = ENOMEM;
	return false;
}
