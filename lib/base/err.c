/* SPDX-License-Identifier: ISC */
#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int
err_sys(struct err *e, const char *verb, const char *path)
{
	int saved = errno;

	if (e != NULL) {
		e->kind = ERR_SYS;
		e->sys = saved;
		(void)snprintf(e->text, sizeof(e->text), "cannot %s %s: %s",
		    verb, path, strerror(saved));
	}
	errno = saved;
	return -1;
}

int
err_set(struct err *e, enum err_kind kind, const char *fmt, ...)
{
	int saved = errno;

	if (e != NULL) {
		va_list args;

		e->kind = kind;
		e->sys = 0;
		va_start(args, fmt);
		(void)vsnprintf(e->text, sizeof(e->text), fmt, args);
		va_end(args);
	}
	errno = saved;
	return -1;
}

bool
err_is_temporary(const struct err *e)
{
	return e->kind == ERR_SYS;
}

bool
err_errno_is_temporary(int sys)
{
	static const int list[] = {EINTR, ENOMEM, EAGAIN, ETXTBSY, EIO,
	    ETIMEDOUT, EBUSY, EDEADLK, ENOLCK, EMFILE, ENFILE, ENOSPC, EDQUOT,
	    EROFS, EFBIG, ESTALE, ENETDOWN, ENETUNREACH, EHOSTDOWN,
	    EHOSTUNREACH, ECONNREFUSED, ENOBUFS, EOVERFLOW};

	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
		if (list[i] == sys)
			return true;
	}
	return false;
}
