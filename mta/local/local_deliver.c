/* SPDX-License-Identifier: ISC */
#include "mta/local/local_deliver.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/clock.h"
#include "base/sig.h"
#include "fmt/mbox.h"
#include "fmt/printable.h"
#include "fmt/trace.h"
#include "mta/local/local_env.h"
#include "mta/local/local_forward.h"
#include "mta/local/local_maildir.h"
#include "mta/local/local_mbox.h"
#include "mta/local/local_message.h"
#include "mta/local/local_program.h"
#include "qmail/config.h"
#include "qmail/dotqmail.h"

struct delivery {
	const struct local_job *job;
	struct local_result *result;
	struct local_message message;

	struct str lines; /* From_, Return-Path, Delivered-To */
	size_t rpline_at, dtline_at;

	struct dotqmail_address address;
	struct dotqmail_file file; /* fd is -1: there is none */
	struct str text;           /* the lines that are carried out */
	bool forward_only;
	unsigned counts[DOTQMAIL_OTHER + 1]; /* lines in text, by kind */

	struct str newsender;
	struct local_env env;

	struct span *recipients; /* of the copy to forward; point into text */
	size_t recipients_n, recipients_cap;
	unsigned files, programs; /* performed */
	bool stopped;             /* by a program's exit 99 */
	struct str path;          /* scratch: a name as a C string */
};

/* ---- results ---------------------------------------------------------------
 */

/* All steps below return an exit status and go on while it is LOCAL_DONE. */

PRINTF(4, 5)
static int
fail(struct delivery *d, int status, const char *code, const char *fmt, ...)
{
	char text[512];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	printable_put(&d->result->report, span_cstr(text));
	str_put(&d->result->report, SPAN(" (#"));
	str_put_cstr(&d->result->report, code);
	str_put(&d->result->report, SPAN(")\n"));
	return status;
}

static int
defer(struct delivery *d, const char *code, const char *text)
{
	return fail(d, LOCAL_TEMPORARY, code, "%s", text);
}

static int
no_memory(struct delivery *d)
{
	return defer(d, "4.3.0", "out of memory");
}

static void
say(struct delivery *d, const char *word, struct span text)
{
	str_put_cstr(&d->result->output, word);
	str_put(&d->result->output, text);
	str_putc(&d->result->output, '\n');
}

/* ---- before the lines -------------------------------------------------------
 */

static int
enter_home(struct delivery *d)
{
	struct stat st;
	struct err e;

	if (chdir(d->job->home) == -1) {
		err_sys(&e, "change directory to", d->job->home);
		return defer(d, "4.3.0", e.text);
	}
	if (stat(".", &st) == -1) {
		err_sys(&e, "examine", d->job->home);
		return defer(d, "4.3.0", e.text);
	}
	switch (dotqmail_check_home(st.st_mode, config_patrn)) {
	case DOTQMAIL_HOME_OK:
		return LOCAL_DONE;
	case DOTQMAIL_HOME_WRITABLE:
		return defer(d, "4.7.0",
		    "the home directory is writable by others");
	case DOTQMAIL_HOME_STICKY:
		break;
	}
	(void)defer(d, "4.2.1",
	    "the home directory is sticky: its owner is editing .qmail files");
	return d->job->dry_run ? LOCAL_DONE : LOCAL_TEMPORARY;
}

static int
compose_lines(struct delivery *d)
{
	const struct local_job *job = d->job;

	mbox_put_from(&d->lines, span_cstr(job->sender), job->now);
	d->rpline_at = d->lines.n;
	trace_put_return_path(&d->lines, span_cstr(job->sender));
	d->dtline_at = d->lines.n;
	trace_put_delivered_to(&d->lines, span_cstr(job->local),
	    span_cstr(job->domain));
	return str_ok(&d->lines) ? LOCAL_DONE : no_memory(d);
}

static struct span
dtline(const struct delivery *d)
{
	return span_from(str_span(&d->lines), d->dtline_at);
}

static int
check_loop(struct delivery *d)
{
	struct trace_search search = trace_search_init(dtline(d));
	enum trace_result found = TRACE_MORE;
	struct span block;
	struct err e;
	int more = 1;

	while (found == TRACE_MORE && more == 1) {
		more = local_message_next(&d->message, &block);
		if (more == 1)
			found = trace_search_feed(&search, block);
	}
	if (more == -1) {
		err_sys(&e, "read", "message");
		return defer(d, "4.3.0", e.text);
	}
	if (found != TRACE_FOUND)
		return LOCAL_DONE;
	return fail(d, LOCAL_PERMANENT, "5.4.6",
	    "this message is looping: it was delivered to this address before");
}

static int
find_file(struct delivery *d)
{
	struct err e;

	switch (
	    dotqmail_open(AT_FDCWD, &d->address, config_patrn, &d->file, &e)) {
	case DOTQMAIL_FOUND:
		if (dotqmail_load(&d->file, &d->text, &e) == -1)
			return defer(d, "4.3.0", e.text);
		d->forward_only = d->file.forward_only;
		break;
	case DOTQMAIL_ABSENT:
		if (d->address.dash.n > 0)
			return fail(d, LOCAL_PERMANENT, "5.1.1",
			    "there is no mailbox of this name here");
		break;
	case DOTQMAIL_WRITABLE:
		return defer(d, "4.7.0", e.text);
	case DOTQMAIL_TROUBLE:
		return defer(d, "4.3.0", e.text);
	}
	if (d->text.n > 0)
		return LOCAL_DONE;
	d->forward_only = false;
	str_put_cstr(&d->text, d->job->default_delivery);
	return str_ok(&d->text) ? LOCAL_DONE : no_memory(d);
}

static void
count_lines(struct delivery *d)
{
	struct span rest = str_span(&d->text), line;

	while (span_take_line(&rest, &line))
		d->counts[dotqmail_parse_line(line).kind]++;
}

/* Owner files and environment matter to programs and forwarding only. */
static int
prepare_programs(struct delivery *d)
{
	const struct local_job *job = d->job;
	struct span lines = str_span(&d->lines);
	struct local_env_values v = {
	    .user = span_cstr(job->user),
	    .home = span_cstr(job->home),
	    .local = span_cstr(job->local),
	    .ext = span_cstr(job->ext),
	    .host = span_cstr(job->domain),
	    .sender = span_cstr(job->sender),
	    .has_default = d->file.has_default,
	    .default_part = d->file.default_part,
	    .ufline = span_first(lines, d->rpline_at),
	    .rpline = span_first(span_from(lines, d->rpline_at),
	        d->dtline_at - d->rpline_at),
	    .dtline = dtline(d),
	};
	enum dotqmail_owner owner;
	struct err e;

	if (d->counts[DOTQMAIL_PROGRAM] + d->counts[DOTQMAIL_FORWARD] == 0)
		return LOCAL_DONE;
	if (dotqmail_find_owner(AT_FDCWD, &d->address, v.sender, &owner, &e) ==
	    -1)
		return defer(d, "4.3.0", e.text);
	dotqmail_put_newsender(&d->newsender, owner, v.local, v.host, v.sender);
	v.newsender = str_span(&d->newsender);
	if (!str_ok(&d->newsender) ||
	    local_env_build(&d->env, environ, &v) == -1)
		return no_memory(d);
	return LOCAL_DONE;
}

/* ---- the lines --------------------------------------------------------------
 */

/* text as a C string, up to its first NUL; NULL without memory. */
static const char *
as_path(struct delivery *d, struct span text)
{
	str_reset(&d->path);
	str_put(&d->path, dotqmail_effective(text));
	return str_cstr(&d->path);
}

static int
do_mbox(struct delivery *d, struct span text)
{
	const char *path = as_path(d, text);
	struct err e;

	if (path == NULL)
		return no_memory(d);
	d->files++;
	switch (
	    local_mbox_deliver(path, str_span(&d->lines), &d->message, &e)) {
	case LOCAL_MBOX_OK:
		return LOCAL_DONE;
	case LOCAL_MBOX_ABSENT:
		return defer(d, "4.2.1", e.text);
	case LOCAL_MBOX_TROUBLE:
		break;
	}
	return defer(d, "4.3.0", e.text);
}

/* A Maildir that is all there is to do needs no process of its own: this one
 * ends right after it. */
static bool
is_lone_maildir(const struct delivery *d)
{
	return d->counts[DOTQMAIL_MAILDIR] == 1 &&
	       d->counts[DOTQMAIL_MBOX] + d->counts[DOTQMAIL_PROGRAM] +
	               d->counts[DOTQMAIL_FORWARD] ==
	           0;
}

static int
do_maildir(struct delivery *d, struct span text)
{
	const char *path = as_path(d, text);
	struct span header = span_from(str_span(&d->lines), d->rpline_at);
	int64_t now_us = clock_microseconds();
	enum local_maildir_status status;
	struct err e;

	if (path == NULL)
		return no_memory(d);
	d->files++;
	if (is_lone_maildir(d))
		status = local_maildir_deliver(path, header, &d->message,
		    now_us, &e);
	else
		status = local_maildir_deliver_forked(path, header, &d->message,
		    now_us, &e);
	if (status == LOCAL_MAILDIR_OK)
		return LOCAL_DONE;
	return defer(d, status == LOCAL_MAILDIR_ABSENT ? "4.2.1" : "4.3.0",
	    e.text);
}

static int
do_program(struct delivery *d, struct span text)
{
	const char *command = as_path(d, text);
	struct err e;
	int status;

	if (command == NULL)
		return no_memory(d);
	d->programs++;
	if (local_program_run(command, d->env.vector, &status, &e) == -1)
		return defer(d, "4.3.0", e.text);
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
	return defer(d, "4.3.0", "the program was killed by a signal");
}

static int
collect(struct delivery *d, struct span address)
{
	if (!array_grow(&d->recipients, &d->recipients_cap, d->recipients_n + 1,
	        sizeof(*d->recipients)))
		return no_memory(d);
	d->recipients[d->recipients_n++] = dotqmail_effective(address);
	return LOCAL_DONE;
}

static int
carry_out(struct delivery *d, const struct dotqmail_line *line)
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
describe(struct delivery *d, const struct dotqmail_line *line)
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

static int
run_lines(struct delivery *d)
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
			return defer(d, "4.2.1",
			    "the first line of the .qmail file is blank");
		case DOTQMAIL_STEP_FORBIDDEN:
			return defer(d, "4.7.0",
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

/* ---- after the lines
 * --------------------------------------------------------- */

static int
forward(struct delivery *d, pid_t *pid)
{
	struct local_forward f = {
	    .dtline = dtline(d),
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
finish(struct delivery *d)
{
	struct str *out = &d->result->output;
	bool forwards = d->recipients_n > 0 && !d->job->dry_run;
	pid_t pid = 0;
	int status;

	if (forwards) {
		status = forward(d, &pid);
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
free_delivery(struct delivery *d)
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

static int
deliver(struct delivery *d)
{
	int status = enter_home(d);

	if (status == LOCAL_DONE)
		status = compose_lines(d);
	if (status == LOCAL_DONE && !d->job->dry_run)
		status = check_loop(d);
	if (status == LOCAL_DONE)
		status = find_file(d);
	if (status != LOCAL_DONE)
		return status;
	count_lines(d);
	if (!d->job->dry_run)
		status = prepare_programs(d);
	if (status == LOCAL_DONE)
		status = run_lines(d);
	return status == LOCAL_DONE ? finish(d) : status;
}

int
local_deliver(const struct local_job *job, struct local_result *result)
{
	struct delivery d = {
	    .job = job,
	    .result = result,
	    .address = {span_cstr(job->dash), span_cstr(job->ext)},
	    .file = {.fd = -1},
	};
	int status;

	(void)umask(077);
	sig_ignore(SIGPIPE);
	if (local_message_open(&d.message, STDIN_FILENO) == -1)
		status = no_memory(&d);
	else
		status = deliver(&d);
	free_delivery(&d);
	return status;
}
