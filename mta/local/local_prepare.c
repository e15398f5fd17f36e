/* SPDX-License-Identifier: ISC */
#include "mta/local/local_delivery.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/sig.h"
#include "fmt/mbox.h"
#include "fmt/trace.h"
#include "qmail/config.h"

static int
enter_home(struct local_delivery *d)
{
	struct stat st;
	struct err e;

	if (chdir(d->job->home) == -1) {
		err_sys(&e, "change directory to", d->job->home);
		return local_defer(d, "4.3.0", e.text);
	}
	if (stat(".", &st) == -1) {
		err_sys(&e, "examine", d->job->home);
		return local_defer(d, "4.3.0", e.text);
	}
	switch (dotqmail_check_home(st.st_mode, config_patrn)) {
	case DOTQMAIL_HOME_OK:
		return LOCAL_DONE;
	case DOTQMAIL_HOME_WRITABLE:
		return local_defer(d, "4.7.0",
		    "the home directory is writable by others");
	case DOTQMAIL_HOME_STICKY:
		break;
	}
	(void)local_defer(d, "4.2.1",
	    "the home directory is sticky: its owner is editing .qmail files");
	return d->job->dry_run ? LOCAL_DONE : LOCAL_TEMPORARY;
}

static int
compose_lines(struct local_delivery *d)
{
	const struct local_job *job = d->job;

	mbox_put_from(&d->lines, span_cstr(job->sender), job->now);
	d->rpline_at = d->lines.n;
	trace_put_return_path(&d->lines, span_cstr(job->sender));
	d->dtline_at = d->lines.n;
	trace_put_delivered_to(&d->lines, span_cstr(job->local),
	    span_cstr(job->domain));
	return str_ok(&d->lines) ? LOCAL_DONE : local_no_memory(d);
}

static int
check_loop(struct local_delivery *d)
{
	struct trace_search search = trace_search_init(local_dtline(d));
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
		return local_defer(d, "4.3.0", e.text);
	}
	if (found != TRACE_FOUND)
		return LOCAL_DONE;
	return local_fail(d, LOCAL_PERMANENT, "5.4.6",
	    "this message is looping: it was delivered to this address before");
}

static int
find_file(struct local_delivery *d)
{
	struct err e;

	switch (
	    dotqmail_open(AT_FDCWD, &d->address, config_patrn, &d->file, &e)) {
	case DOTQMAIL_FOUND:
		if (dotqmail_load(&d->file, &d->text, &e) == -1)
			return local_defer(d, "4.3.0", e.text);
		d->forward_only = d->file.forward_only;
		break;
	case DOTQMAIL_ABSENT:
		if (d->address.dash.n > 0)
			return local_fail(d, LOCAL_PERMANENT, "5.1.1",
			    "there is no mailbox of this name here");
		break;
	case DOTQMAIL_WRITABLE:
		return local_defer(d, "4.7.0", e.text);
	case DOTQMAIL_TROUBLE:
		return local_defer(d, "4.3.0", e.text);
	}
	if (d->text.n > 0)
		return LOCAL_DONE;
	d->forward_only = false;
	str_put_cstr(&d->text, d->job->default_delivery);
	return str_ok(&d->text) ? LOCAL_DONE : local_no_memory(d);
}

static void
count_lines(struct local_delivery *d)
{
	struct span rest = str_span(&d->text), line;

	while (span_take_line(&rest, &line))
		d->counts[dotqmail_parse_line(line).kind]++;
}

/* Owner files and environment matter to programs and forwarding only. */
static int
prepare_programs(struct local_delivery *d)
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
	    .dtline = local_dtline(d),
	};
	enum dotqmail_owner owner;
	struct err e;

	if (d->counts[DOTQMAIL_PROGRAM] + d->counts[DOTQMAIL_FORWARD] == 0)
		return LOCAL_DONE;
	if (dotqmail_find_owner(AT_FDCWD, &d->address, v.sender, &owner, &e) ==
	    -1)
		return local_defer(d, "4.3.0", e.text);
	dotqmail_put_newsender(&d->newsender, owner, v.local, v.host, v.sender);
	v.newsender = str_span(&d->newsender);
	if (!str_ok(&d->newsender) ||
	    local_env_build(&d->env, environ, &v) == -1)
		return local_no_memory(d);
	return LOCAL_DONE;
}

/* What programs and the files of mbox lines shall find. A lone Maildir has no
 * use for it. */
static void
set_process(void)
{
	(void)umask(077);
	sig_ignore(SIGPIPE);
}

int
local_prepare(struct local_delivery *d)
{
	bool dry_run = d->job->dry_run;
	int status = enter_home(d);

	if (status == LOCAL_DONE)
		status = compose_lines(d);
	if (status == LOCAL_DONE && !dry_run)
		status = check_loop(d);
	if (status == LOCAL_DONE)
		status = find_file(d);
	if (status != LOCAL_DONE)
		return status;
	count_lines(d);
	if (dry_run || local_is_lone_maildir(d))
		return LOCAL_DONE;
	set_process();
	return prepare_programs(d);
}
