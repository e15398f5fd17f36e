/* SPDX-License-Identifier: ISC */
#include "mta/inject/sendmail_run.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/array.h"
#include "base/proc.h"
#include "base/span.h"
#include "base/str.h"

enum { FIRST_PRIVATE_FD = 3 };

struct variable {
	const char *name, *value;
};

static int
no_memory(struct err *e)
{
	errno = ENOMEM;
	return err_sys(e, "prepare", "the command");
}

/* args end with NULL. */
static int
become(const struct site *site, const char *program, char *const *args,
    struct err *e)
{
	struct str path = {0};
	int rc;

	if (site_find_program(site, program, &path, e) == -1) {
		str_free(&path);
		return -1;
	}
	proc_close_from(FIRST_PRIVATE_FD);
	(void)execv(path.p, args);
	rc = err_sys(e, "run", path.p);
	str_free(&path);
	return rc;
}

static int
set_variable(const char *name, struct span value, struct err *e)
{
	struct str text = {0};
	const char *terminated;
	int rc;

	str_put(&text, value);
	terminated = str_cstr(&text);
	rc = terminated == NULL ? -1 : setenv(name, terminated, 1);
	str_free(&text);
	return rc == 0 ? 0 : no_memory(e);
}

/* The sender is also who wrote the message, as far as From is concerned. */
static int
set_author(const char *sender, struct err *e)
{
	static const char *const names[] = {"QMAILNAME", "MAILNAME", "NAME",
	    "QMAILHOST", "MAILHOST"};
	struct span text = span_cstr(sender);
	size_t at = span_rfind(text, '@');

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		(void)unsetenv(names[i]); /* fails for bad names only */
	if (set_variable("QMAILUSER", span_first(text, at), e) == -1)
		return -1;
	if (at == text.n)
		return 0;
	return set_variable("QMAILHOST", span_from(text, at + 1), e);
}

static int
set_name(const char *name, struct err *e)
{
	if (name == NULL)
		return 0;
	return set_variable("MAILNAME", span_cstr(name), e);
}

/* The arguments of qmail-inject; NULL without memory. Arrays, not literals,
 * because execv() wants writable strings, though it writes none. */
static char **
inject_arguments(const struct sendmail_options *o)
{
	static char program[] = "qmail-inject", both[] = "-H", some[] = "-a",
	            from[] = "-f", end[] = "--";
	char **args = NULL;
	size_t cap = 0, n = 0, recipients = 0;

	while (o->recipients[recipients] != NULL)
		recipients++;
	if (!array_grow(&args, &cap, recipients + 6, sizeof(*args)))
		return NULL;
	args[n++] = program;
	args[n++] = o->read_header ? both : some;
	if (o->sender != NULL) {
		args[n++] = from;
		args[n++] = o->sender;
	}
	args[n++] = end;
	for (size_t i = 0; i < recipients; i++)
		args[n++] = o->recipients[i];
	args[n] = NULL;
	return args;
}

int
sendmail_run_inject(const struct site *site, const struct sendmail_options *o,
    struct err *e)
{
	char **args;
	int rc;

	if (set_name(o->name, e) == -1)
		return -1;
	if (o->sender != NULL && set_author(o->sender, e) == -1)
		return -1;
	args = inject_arguments(o);
	if (args == NULL)
		return no_memory(e);
	rc = become(site, "qmail-inject", args, e);
	free(args);
	return rc;
}

/* The session comes from this host, so it may relay. */
static int
set_local_client(struct err *e)
{
	static const struct variable variables[] = {
	    {"RELAYCLIENT", ""},
	    {"DATABYTES", "0"},
	    {"PROTO", "TCP"},
	    {"TCPLOCALIP", "127.0.0.1"},
	    {"TCPLOCALHOST", "localhost"},
	    {"TCPREMOTEIP", "127.0.0.1"},
	    {"TCPREMOTEHOST", "localhost"},
	    {"TCPREMOTEINFO", "sendmail-bs"},
	};

	for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++) {
		if (setenv(variables[i].name, variables[i].value, 1) == -1)
			return no_memory(e);
	}
	return 0;
}

int
sendmail_run_smtpd(const struct site *site, const struct sendmail_options *o,
    struct err *e)
{
	static char program[] = "qmail-smtpd";
	char *const args[] = {program, NULL};

	if (set_name(o->name, e) == -1)
		return -1;
	if (getenv("PROTO") == NULL && set_local_client(e) == -1)
		return -1;
	return become(site, "qmail-smtpd", args, e);
}

int
sendmail_run_qread(const struct site *site, const struct sendmail_options *o,
    struct err *e)
{
	static char program[] = "qmail-qread";
	char *const args[] = {program, NULL};

	if (set_name(o->name, e) == -1)
		return -1;
	return become(site, "qmail-qread", args, e);
}
