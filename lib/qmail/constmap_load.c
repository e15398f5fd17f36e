/* SPDX-License-Identifier: ISC */
#include <errno.h>

#include "qmail/constmap.h"
#include "qmail/control.h"

/* The part of constmap.h that reads files. */

int
constmap_load(struct constmap *m, const struct control *c, const char *name,
    enum constmap_kind kind, const struct hash_seed *seed, struct err *e)
{
	struct str entries = {0};
	int rc = 1;

	*m = (struct constmap){0};
	switch (control_get_list(c, name, &entries, e)) {
	case CONTROL_FAILED:
		rc = -1;
		break;
	case CONTROL_ABSENT:
		rc = 0;
		break;
	case CONTROL_FOUND:
	case CONTROL_DEFAULT:
		if (constmap_init(m, &entries, kind, seed) == 0)
			return 1;
		errno = ENOMEM;
		rc = err_sys(e, "read control file", name);
		break;
	}
	str_free(&entries);
	return rc;
}
