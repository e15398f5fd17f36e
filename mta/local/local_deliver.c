/* SPDX-License-Identifier: ISC */
#include "mta/local/local_deliver.h"

#include <stdlib.h>
#include <unistd.h>

#include "fmt/printable.h"
#include "mta/local/local_delivery.h"
#include "mta/local/local_forward.h"

int
local_fail(struct local_delivery *d, int status, const char *code,
    const char *text)
{
	struct str *report = &d->result->report;

	printable_put(report, span_cstr(text)); /* may hold names of files */
	str_put(report, SPAN(" (#"));
	str_put_cstr(report, code);
	str_put(report, SPAN(")\n"));
	return status;
}

int
local_defer(struct local_delivery *d, const char *code, const char *text)
{
	return local_fail(d, LOCAL_TEMPORARY, code, text);
}

int
local_no_memory(struct local_delivery *d)
{
	return local_defer(d, "4.3.0", "out of memory");
}

struct span
local_dtline(const struct local_delivery *d)
{
	return span_from(str_span(&d->lines), d->dtline_at);
}

bool
local_is_lone_maildir(const struct local_delivery *d)
{
	unsigned others = d->counts[DOTQMAIL_MBOX] +
	                  d->counts[DOTQMAIL_PROGRAM] +
	                  d->counts[DOTQMAIL_FORWARD];

	return d->counts[DOTQMAIL_MAILDIR] == 1 && others == 0;
}

static int
queue_copy(struct local_delivery *d, pid_t *pid)
{
	struct local_forward f = {
	    .dtline = local_dtline(d),
	    .sender = str_span(&d->newsender),
	    .recipients = d->recipients,
	    .n = d->recipients_n,
	};
	struct str *report = &d->result->report;
	char **saved = environ;
	char letter;

	/* a program in the place of qmail-queue sees what programs see */
	environ = d->env.vector;
	str_put(report, SPAN("cannot forward message: "));
	letter = local_forward_send(&f, &d->message, pid, report);
	environ = saved;
	if (letter == 'K') {
		str_reset(report);
		return LOCAL_DONE;
	}
	str_put(report, SPAN(".\n"));
	return letter == 'D' ? LOCAL_PERMANENT : LOCAL_TEMPORARY;
}

static int
finish(struct local_delivery *d)
{
	struct str *out = &d->result->output;
	bool forwards = d->recipients_n > 0 && !d->job->dry_run;
	pid_t pid = 0;

	if (forwards) {
		int status = queue_copy(d, &pid);

		if (status != LOCAL_DONE)
			return status;
	}
	str_put(out, SPAN("did "));
	str_put_u64(out, d->files);
	str_putc(out, '+');
	str_put_u64(out, d->recipients_n);
	str_putc(out, '+');
	str_put_u64(out, d->programs);
	str_putc(out, '\n');
	if (forwards) {
		str_put(out, SPAN("qp "));
		str_put_i64(out, pid);
		str_putc(out, '\n');
	}
	return LOCAL_DONE;
}

static void
free_delivery(struct local_delivery *d)
{
	local_message_close(&d->message);
	dotqmail_close(&d->file);
	local_env_free(&d->env);
	str_free(&d->lines);
	str_free(&d->text);
	str_free(&d->newsender);
	str_free(&d->path);
	free(d->recipients);
}

int
local_deliver(const struct local_job *job, struct local_result *result)
{
	struct local_delivery d = {
	    .job = job,
	    .result = result,
	    .address = {span_cstr(job->dash), span_cstr(job->ext)},
	    .file = {.fd = -1},
	};
	int status;

	if (local_message_open(&d.message, STDIN_FILENO) == -1)
		status = local_no_memory(&d);
	else
		status = local_prepare(&d);
	if (status == LOCAL_DONE)
		status = local_run_lines(&d);
	if (status == LOCAL_DONE)
		status = finish(&d);
	free_delivery(&d);
	return status;
}
