/* SPDX-License-Identifier: ISC */
#include "mta/inject/inject.h"

#include <errno.h>

int
inject_no_memory(struct err *e)
{
	errno = ENOMEM;
	return err_sys(e, "hold", "the message");
}

void
inject_free(struct inject *m)
{
	rfc822_completion_free(&m->completion);
	str_free(&m->idhost);
	str_free(&m->lists);
	str_free(&m->arguments);
	str_free(&m->sender);
	in_close(&m->in);
	str_free(&m->header);
	str_free(&m->recipients);
	str_free(&m->resent);
	str_free(&m->followup);
	str_free(&m->body);
	rfc822_tokens_free(&m->tokens);
	rfc822_list_free(&m->list);
}
