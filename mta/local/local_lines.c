/* SPDX-License-Identifier: ISC */
#include "mta/local/local_delivery.h"

#include "base/array.h"
#include "base/clock.h"
#include "mta/local/local_maildir.h"
#include "mta/local/local_mbox.h"
#include "mta/local/local_program.h"

static void
say(struct local_delivery *d, const char *word, struct span text)
{
	str_put_cstr(&d->result->output, word);
	str_put(&d->result->output, text);
	str_putc(&d->result->output, '\n');
}

/* text as a C string, up to its first NUL; NULL without memory. */
static const char *
as_path(struct local_delivery *d, struct span text)
{
	str_reset(&d->path);
	str_put(&d->path, dotqmail_effective(text));
	return str_cstr(&d->path);
}

static int
do_mbox(struct local_delivery *d, struct span text)
{
	const char *path = as_path(d, text);
	struct err e;

	if (path == NULL)
		return local_no_memory(d);
	d->files++;
	switch (
	    local_mbox_deliver(path, str_span(&d->lines), &d->message, &e)) {
	case LOCAL_MBOX_OK:
		return LOCAL_DONE;
	case LOCAL_MBOX_ABSENT:
		return local_defer(d, "4.2.1", e.text);
	case LOCAL_MBOX_TROUBLE:
		break;
	}
	return local_defer(d, "4.3.0", e.text);
}

static int
do_maildir(struct local_delivery *d, struct span text)
{
	const char *path = as_path(d, text);
	struct span header = span_from(str_span(&d->lines), d->rpline_at);
	int64_t now_us = clock_microseconds();
	enum local_maildir_status status;
	struct err e;

	if (path == NULL)
		return local_no_memory(d);
	d->files++;
	if (local_is_lone_maildir(d))
		status = local_maildir_deliver(path, header, &d->message,
		    now_us, &e);
	else
		status = local_maildir_deliver_forked(path, header, &d->message,
		    now_us, &e);
	if (status == LOCAL_MAILDIR_OK)
		return LOCAL_DONE;
	return local_defer(d,
	    status == LOCAL_MAILDIR_ABSENT ? "4.2.1" : "4.3.0", e.text);
}

static int
do_program(struct local_delivery *d, struct span text)
{
	const char *command = as_path(d, text);
	struct err e;
	int status;

	if (command == NULL)
		return local_no_memory(d);
	d->programs++;
	if (local_program_run(command, d->env.vector, &status, &e) == -1)
		return local_defer(d, "4.3.0", e.text);
	switch (local_program_verdict(status)) {
	case LOCAL_PROGRAM_OK:
		return LOCAL_DONE;
	case LOCAL_PROGRAM_STOP:
		d->stopped = true;
		return LOCAL_DONE;
	case LOCAL_PROGRAM_PERMANENT:
		return LOCAL_PERMANENT;
	case LOCAL_PROGRAM_TEMPORARY:
		return LOCAL_TEMPORARY;
	case LOCAL_PROGRAM_CRASHED:
		break;
	}
	return local_defer(d, "4.3.0", "the program was killed by a signal");
}

static int
collect(struct local_delivery *d, struct span address)
{
	if (!array_grow(&d->recipients, &d->recipients_cap, d->recipients_n + 1,
	        sizeof(*d->recipients)))
		return local_no_memory(d);
	d->recipients[d->recipients_n++] = dotqmail_effective(address);
	return LOCAL_DONE;
}

static int
carry_out(struct local_delivery *d, const struct dotqmail_line *line)
{
	switch (line->kind) {
	case DOTQMAIL_MBOX:
		return do_mbox(d, line->text);
	case DOTQMAIL_MAILDIR:
		return do_maildir(d, line->text);
	case DOTQMAIL_PROGRAM:
		return do_program(d, line->text);
	case DOTQMAIL_FORWARD:
		return collect(d, line->text);
	case DOTQMAIL_BLANK:
	case DOTQMAIL_COMMENT:
	case DOTQMAIL_LIST:
	case DOTQMAIL_OTHER:
		break;
	}
	return LOCAL_DONE;
}

static int
describe(struct local_delivery *d, const struct dotqmail_line *line)
{
	switch (line->kind) {
	case DOTQMAIL_MBOX:
		d->files++;
		say(d, "mbox ", line->text);
		break;
	case DOTQMAIL_MAILDIR:
		d->files++;
		say(d, "maildir ", line->text);
		break;
	case DOTQMAIL_PROGRAM:
		d->programs++;
		say(d, "program ", line->text);
		break;
	case DOTQMAIL_FORWARD:
		say(d, "forward ", line->text);
		return collect(d, line->text);
	case DOTQMAIL_BLANK:
	case DOTQMAIL_COMMENT:
	case DOTQMAIL_LIST:
	case DOTQMAIL_OTHER:
		break;
	}
	return LOCAL_DONE;
}

int
local_run_lines(struct local_delivery *d)
{
	struct dotqmail_reader r =
	    dotqmail_reader_init(str_span(&d->text), d->forward_only);
	struct dotqmail_line line;
	int status = LOCAL_DONE;

	while (status == LOCAL_DONE && !d->stopped) {
		switch (dotqmail_next(&r, &line)) {
		case DOTQMAIL_STEP_END:
			return LOCAL_DONE;
		case DOTQMAIL_STEP_BLANK:
			return local_defer(d, "4.2.1",
			    "the first line of the .qmail file is blank");
		case DOTQMAIL_STEP_FORBIDDEN:
			return local_defer(d, "4.7.0",
			    "the .qmail file may only forward, but has a "
			    "file or program line");
		case DOTQMAIL_STEP_OK:
			status = d->job->dry_run ? describe(d, &line)
			                         : carry_out(d, &line);
			break;
		}
	}
	return status;
}
