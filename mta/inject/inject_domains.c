/* SPDX-License-Identifier: ISC */
#include "mta/inject/inject_domains.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

#include "qmail/control.h"

/* Appends the value of the file, or of the variable when that is set. The file
 * is read in any case: one that cannot be read is trouble to be told. */
static int
put_value(const struct control *c, const char *file, const char *variable,
    struct str *out, struct err *e)
{
	const char *wanted = getenv(variable);
	size_t start = out->n;

	if (control_get_line(c, file, out, e) == CONTROL_FAILED) {
		e->kind = ERR_SYS; /* somebody can mend it */
		return -1;
	}
	if (wanted != NULL) {
		str_cut(out, start);
		str_put_cstr(out, wanted);
	}
	if (str_ok(out))
		return 0;
	errno = ENOMEM;
	return err_sys(e, "read control file", file);
}

/* The value, with a byte in front, as tokens. */
static int
load_tokens(const struct control *c, const char *file, const char *variable,
    char front, struct rfc822_tokens *out, struct err *e)
{
	enum rfc822_status status;
	struct str text = {0};

	str_putc(&text, front);
	if (put_value(c, file, variable, &text, e) == -1) {
		str_free(&text);
		return -1;
	}
	status = rfc822_tokens_parse(str_span(&text), out);
	str_free(&text);
	switch (status) {
	case RFC822_OK:
		return 0;
	case RFC822_BAD:
		return err_set(e, ERR_FORMAT,
		    "unable to parse control/%s or variable %s", file,
		    variable);
	case RFC822_MEMORY:
		break;
	}
	errno = ENOMEM;
	return err_sys(e, "parse control file", file);
}

int
inject_domains_load(struct rfc822_completion *c, struct str *idhost,
    struct err *e)
{
	struct control control;
	int rc = -1;

	if (control_open(&control, AT_FDCWD, e) == -1) {
		e->kind = ERR_SYS;
		return -1;
	}
	if (load_tokens(&control, "defaultdomain", "QMAILDEFAULTDOMAIN", '.',
	        &c->domain, e) == 0 &&
	    load_tokens(&control, "defaulthost", "QMAILDEFAULTHOST", '@',
	        &c->host, e) == 0 &&
	    load_tokens(&control, "plusdomain", "QMAILPLUSDOMAIN", '.',
	        &c->plus, e) == 0 &&
	    put_value(&control, "idhost", "QMAILIDHOST", idhost, e) == 0)
		rc = 0;
	control_close(&control);
	return rc;
}
