/* SPDX-License-Identifier: ISC */
#include "mta/send/todo_work.h"

#include <errno.h>

#include "base/fd.h"

enum todo_result
todo_result_from(int sys)
{
	switch (sys) {
	case ENOSPC:
	case EDQUOT:
	case EROFS:
	case EIO:
	case ENOMEM:
	case EMFILE:
	case ENFILE:
		return TODO_HALT;
	default:
		return TODO_TROUBLE;
	}
}

static void
log_text(struct todo_work *w, enum log_kind kind, const char *text,
    const char *file, const char *tail)
{
	struct log_record r = {.kind = kind};

	str_reset(&w->scratch);
	str_put_cstr(&w->scratch, w->who);
	str_put_cstr(&w->scratch, text);
	str_put_cstr(&w->scratch, file);
	str_put_cstr(&w->scratch, tail);
	r.text =
	    str_ok(&w->scratch) ? str_span(&w->scratch) : SPAN("out of memory");
	w->host.log(w->host.self, &r);
}

void
todo_warn(struct todo_work *w, const char *text, const char *file)
{
	log_text(w, LOG_WARNING, text, file, "");
}

void
todo_alert(struct todo_work *w, const char *text, const char *file,
    const char *tail)
{
	log_text(w, LOG_ALERT, text, file, tail);
}

bool
todo_clean_exchange(int to, int from, struct span requests, size_t n,
    char *answers)
{
	return fd_write_full(to, requests.p, requests.n) == 0 &&
	       fd_read_full(from, answers, n) == (ssize_t)n;
}
