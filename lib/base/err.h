/* SPDX-License-Identifier: ISC */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdbool.h>

#include "base/attr.h"

enum err_kind {
	ERR_NONE,
	ERR_SYS,    /* the system said no: see sys */
	ERR_FORMAT, /* stored or received bytes break their format */
	ERR_LIMIT,  /* well formed, but larger than we accept, or refused */
};

/* Why an operation failed, ready to show to an administrator. Holds no memory,
 * so it needs no cleanup and can live on any stack. */
struct err {
	enum err_kind kind;
	int sys; /* errno value when kind is ERR_SYS */
	char text[256];
};

/* Both return -1, so a caller can write:
 *	return err_sys(e, "open", path);
 * The text becomes "cannot VERB PATH: REASON". e may be NULL. errno is kept. */
int err_sys(struct err *e, const char *verb, const char *path);
int err_set(struct err *e, enum err_kind kind, const char *fmt, ...)
    PRINTF(3, 4);

/* True when the system refused, which somebody can fix: exit 111. Broken bytes
 * stay broken: exit 100. */
NODISCARD bool err_is_temporary(const struct err *e);

/* True for errno values that may go away by themselves or by an
 * administrator's hand (memory, descriptors, space, I/O, locks, network), the
 * rule by which a delivery defers instead of failing. */
NODISCARD bool err_errno_is_temporary(int sys);

#endif
