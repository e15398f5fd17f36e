/* SPDX-License-Identifier: ISC */
#include "mta/local/local_forward.h"

#include <errno.h>

#include "qmail/site.h"
#include "qmail/submit.h"

static char
fail_temporarily(struct str *text, const char *reason)
{
	str_put_cstr(text, reason);
	str_put(text, SPAN(" (#4.3.0)"));
	return 'Z';
}

char
local_forward_send(const struct local_forward *f, struct local_message *m,
    pid_t *pid, struct str *text)
{
	struct submit q;
	struct site site;
	struct span block;
	struct err e;
	char letter;
	int more, sys;

	if (site_find(&site, &e) == -1)
		return fail_temporarily(text, e.text);
	if (submit_open(&q, &site, &e) == -1) {
		str_put_cstr(text, e.text); /* has its code */
		return 'Z';
	}
	*pid = q.pid;
	submit_put(&q, f->dtline);
	local_message_rewind(m);
	while ((more = local_message_next(m, &block)) == 1)
		submit_put(&q, block);
	sys = errno;
	if (more == -1)
		submit_fail(&q);
	submit_from(&q, f->sender);
	for (size_t i = 0; i < f->n; i++)
		submit_to(&q, f->recipients[i]);
	letter = submit_close(&q, text);
	if (more == 0)
		return letter;
	str_reset(text); /* what qmail-queue says of half a message */
	errno = sys;
	err_sys(&e, "read", "message");
	return fail_temporarily(text, e.text);
}
