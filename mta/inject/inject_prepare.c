/* SPDX-License-Identifier: ISC */
#include "mta/inject/inject.h"

#include <unistd.h>

#include "mta/inject/inject_domains.h"
#include "mta/inject/inject_followup.h"

/* Whatever is wrong with the home can be mended. */
static int
temporary(struct err *e)
{
	e->kind = ERR_SYS;
	return -1;
}

/* QMAILMFTFILE is relative to the caller's directory, so it is read between
 * becoming who we shall be and going home. */
static int
go_home(struct inject *m, struct err *e)
{
	if (site_find(&m->site, e) == -1 ||
	    site_become_owner(&m->site, e) == -1)
		return temporary(e);
	if (inject_followup_load(m, e) == -1)
		return -1;
	if (chdir(m->site.home) == -1)
		return err_sys(e, "change directory to", m->site.home);
	return 0;
}

/* Appends to *out the mailbox text, completed. */
static int
complete(struct inject *m, const char *text, const char *what, struct str *out,
    struct err *e)
{
	switch (rfc822_address_parse_raw(span_cstr(text), &m->tokens)) {
	case RFC822_OK:
		rfc822_address_complete(&m->tokens, &m->completion);
		rfc822_address_put_raw(out, &m->tokens);
		return rfc822_tokens_ok(&m->tokens) && str_ok(out)
		           ? 0
		           : inject_no_memory(e);
	case RFC822_BAD:
		return err_set(e, ERR_FORMAT, "unable to parse %s address",
		    what);
	case RFC822_MEMORY:
		break;
	}
	return inject_no_memory(e);
}

static int
take_arguments(struct inject *m, struct err *e)
{
	const struct inject_options *o = &m->options;

	if (o->sender != NULL) {
		if (complete(m, o->sender, "sender", &m->sender, e) == -1)
			return -1;
		m->has_sender = true;
	}
	if (!inject_options_use_arguments(o))
		return 0;
	for (char *const *arg = o->recipients; *arg != NULL; arg++) {
		if (complete(m, *arg, "recipient", &m->arguments, e) == -1)
			return -1;
		str_putc(&m->arguments, '\0');
	}
	return 0;
}

int
inject_prepare(struct inject *m, int argc, char **argv, struct err *e)
{
	inject_env_read(&m->env);
	if (go_home(m, e) == -1 ||
	    inject_domains_load(&m->completion, &m->idhost, e) == -1 ||
	    inject_options_parse(&m->options, argc, argv, e) == -1)
		return -1;
	return take_arguments(m, e);
}
