/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/proc.h"
#include "base/str.h"
#include "mta/start/ctl.h"
#include "mta/start/instance.h"
#include "mta/start/launch.h"
#include "mta/start/logwatch.h"
#include "mta/start/service.h"
#include "mta/start/smtp_service.h"
#include "qmail/control.h"
#include "qmail/ids.h"
#include "qmail/log_record.h"

enum {
	TICK_MS = 20,
	TICKS = (CTL_START_S * 1000 - 500) / TICK_MS, /* of a whole start */
	LAST_WORDS_TICKS = 50, /* for the log of one who has ended */
	ALERT_BYTES = 160,
};

struct starting {
	struct ctl *c;
	int ticks; /* used so far */
	pid_t sender, logger;
	struct logwatch watch;
	bool has_status;
	char alert[ALERT_BYTES]; /* what the log says went wrong */
};

static bool
tick(struct starting *s)
{
	if (s->ticks >= TICKS)
		return false;
	s->ticks++;
	(void)poll(NULL, 0, TICK_MS);
	return true;
}

static bool
has_ended(pid_t pid)
{
	int status;

	return waitpid(pid, &status, WNOHANG) == pid;
}

/* multilog as qmaill, keeping 12 old files of 1 MB. */
static pid_t
launch_logger(const struct ctl *c, const char *dir, int input, int output,
    struct err *e)
{
	const char *argv[] = {"multilog", "t", "s1048576", "n12", dir, NULL};
	const struct proc_fd map[] = {{input, 0}, {output, 1}, {output, 2}};
	struct launch l = {
	    .path = argv[0],
	    .argv = proc_argv(argv),
	    .map = map,
	    .n = 3,
	    .set_ids = !c->site.one_user,
	    .own_session = true,
	};
	pid_t pid;

	if (ids_find_user(&c->site, IDS_QMAILL, &l.uid, e) == -1 ||
	    ids_find_group(&c->site, IDS_NOFILES, &l.gid, e) == -1)
		return -1;
	pid = launch_start(&l, e);
	if (pid == -1 && launch_not_found(e))
		err_set(e, ERR_SYS,
		    "multilog is not installed; it is in the package "
		    "daemontools");
	return pid;
}

/* Gives the pipe that leads to it in *to. */
static int
start_logger(const struct ctl *c, const char *name, const char *dir, int *to,
    pid_t *pid, struct err *e)
{
	int ends[2], output = open("/dev/null", O_WRONLY | O_CLOEXEC);

	if (output == -1 || fd_pipe(ends) == -1)
		return err_sys(e, "make a pipe for", "multilog");
	*pid = launch_logger(c, dir, ends[0], output, e);
	fd_close(&output);
	fd_close(&ends[0]);
	*to = ends[1];
	if (*pid != -1)
		return instance_save(c->home, name, *pid, e);
	fd_close(to);
	return -1;
}

/* As "$(cat control/defaultdelivery)" in a shell: without the last newlines. */
static int
load_default_delivery(const struct ctl *c, struct str *text, struct err *e)
{
	struct control control;
	enum control_status got;

	if (control_open(&control, c->home, e) == -1)
		return -1;
	got = control_get_text(&control, "defaultdelivery", text, e);
	control_close(&control);
	while (text->n > 0 && text->p[text->n - 1] == '\n')
		str_cut(text, text->n - 1);
	if (got == CONTROL_FAILED)
		return -1;
	return str_cstr(text) == NULL ? err_sys(e, "read", "defaultdelivery")
	                              : 0;
}

static int
launch_sender(struct starting *s, const char *delivery, int log, struct err *e)
{
	const char *argv[] = {"qmail-start", delivery, NULL};
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	const struct proc_fd map[] = {{null, 0}, {log, 1}, {log, 2}};
	struct str path = {0};
	struct launch l = {
	    .argv = proc_argv(argv),
	    .map = map,
	    .n = 3,
	    .own_session = true,
	};

	s->sender = -1;
	if (null == -1)
		return err_sys(e, "open", "/dev/null");
	if (site_find_program(&s->c->site, argv[0], &path, e) == 0) {
		l.path = str_cstr(&path);
		s->sender = launch_start(&l, e);
	}
	str_free(&path);
	fd_close(&null);
	return s->sender == -1 ? -1 : 0;
}

static void
see_line(void *arg, struct span line)
{
	struct starting *s = arg;
	struct log_record r;

	if (!log_record_parse(line, &r))
		return;
	if (r.kind == LOG_STATUS)
		s->has_status = true;
	if (r.kind == LOG_ALERT)
		(void)snprintf(s->alert, sizeof(s->alert), "%.*s",
		    (int)(line.n < ALERT_BYTES ? line.n : ALERT_BYTES), line.p);
}

static int
explain_end(struct starting *s, struct err *e)
{
	for (int i = 0; i < LAST_WORDS_TICKS && !has_ended(s->logger); i++)
		(void)poll(NULL, 0, TICK_MS);
	logwatch_read(&s->watch, see_line, s);
	instance_forget(s->c->home, "qmail-send");
	instance_forget(s->c->home, "log-send");
	if (s->alert[0] != '\0')
		return err_set(e, ERR_SYS, "qmail-send did not start: %s",
		    s->alert);
	return err_set(e, ERR_SYS,
	    "qmail-send did not start; %s/log/send/current may say why",
	    s->c->site.home);
}

static int
wait_for_status(struct starting *s, struct err *e)
{
	while (tick(s)) {
		bool ended = has_ended(s->sender);

		logwatch_read(&s->watch, see_line, s);
		if (ended)
			return explain_end(s, e);
		if (s->has_status)
			return 0;
	}
	return err_set(e, ERR_SYS,
	    "qmail-send (pid %d) runs, but has logged no status in %d seconds",
	    (int)s->sender, (int)CTL_START_S);
}

static int
start_with_log(struct starting *s, struct err *e)
{
	struct str delivery = {0};
	int log = -1, rc = -1;

	if (load_default_delivery(s->c, &delivery, e) == 0 &&
	    start_logger(s->c, "log-send", "./log/send", &log, &s->logger, e) ==
	        0)
		rc = launch_sender(s, str_cstr(&delivery), log, e);
	fd_close(&log); /* the daemons have it */
	str_free(&delivery);
	if (rc == 0)
		rc = instance_save(s->c->home, "qmail-send", s->sender, e);
	if (rc == 0)
		rc = wait_for_status(s, e);
	if (rc == 0)
		ctl_say("qmail-send is up (pid %d)", (int)s->sender);
	return rc;
}

static int
start_sender(struct starting *s, struct err *e)
{
	pid_t pid = instance_sender(s->c->home);
	int rc;

	if (pid != 0) {
		ctl_say("qmail-send is up already (pid %d)", (int)pid);
		return 0;
	}
	if (logwatch_open(&s->watch, s->c->home, "log/send", e) == -1)
		return -1;
	rc = start_with_log(s, e);
	logwatch_close(&s->watch);
	return rc;
}

static bool
is_smtp_up(const struct ctl *c)
{
	struct instance_process *list;
	bool found = false;
	size_t n;

	if (instance_list(c->home, &list, &n, NULL) == -1)
		return false;
	for (size_t i = 0; i < n; i++)
		found = found || (list[i].pid != 0 &&
		                     strncmp(list[i].name, "smtpd-", 6) == 0);
	free(list);
	return found;
}

static int
wait_for_listeners(struct starting *s, const struct smtp_service *smtp,
    struct err *e)
{
	size_t i = 0;

	while (i < smtp->n && tick(s)) {
		const struct listener *l = &smtp->listener[i];

		if (has_ended(smtp->pid[i]))
			return err_set(e, ERR_SYS,
			    "tcpserver for %s port %s ended at once; "
			    "%s/log/smtpd/current says why",
			    l->host, l->port, s->c->site.home);
		if (!listener_accepts(l))
			continue;
		ctl_say("qmail-smtpd is up at %s port %s (pid %d)", l->host,
		    l->port, (int)smtp->pid[i]);
		i++;
	}
	if (i == smtp->n)
		return 0;
	return err_set(e, ERR_SYS, "nobody listens at %s port %s",
	    smtp->listener[i].host, smtp->listener[i].port);
}

static int
start_smtp(struct starting *s, struct smtp_service *smtp, struct err *e)
{
	pid_t logger;
	int log = -1, rc;

	if (start_logger(s->c, "log-smtpd", "./log/smtpd", &log, &logger, e) ==
	    -1)
		return -1;
	rc = smtp_service_start(smtp, s->c, log, e);
	fd_close(&log);
	return rc == 0 ? wait_for_listeners(s, smtp, e) : -1;
}

/* Everything that can be found wrong beforehand is, so that a mail system does
 * not run in halves. */
static int
start_ourselves(struct ctl *c, struct err *e)
{
	struct starting s = {.c = c};
	struct smtp_service smtp = {.n = 0};
	bool smtp_up = is_smtp_up(c);
	int rc = 0;

	if (faccessat(c->home, "control/me", F_OK, 0) == -1)
		return err_set(e, ERR_SYS,
		    "%s is no instance yet: qmailctl init HOST makes it one",
		    c->site.home);
	if (ctl_clean_environment(c, e) == -1)
		return -1;
	if (!smtp_up)
		rc = smtp_service_load(&smtp, c, e);
	if (rc == 0)
		rc = start_sender(&s, e);
	if (rc == 0 && smtp.n > 0)
		rc = start_smtp(&s, &smtp, e);
	if (rc == 0 && smtp_up)
		ctl_say("qmail-smtpd is up already");
	smtp_service_free(&smtp);
	return rc;
}

static int
start_supervised(struct ctl *c, const struct service *sender, struct err *e)
{
	struct starting s = {.c = c};
	struct service smtpd;

	service_find(&smtpd, &c->site, "qmail-smtpd");
	if (service_do(sender, SERVICE_UP, e) == -1 ||
	    (smtpd.kind != NULL && service_do(&smtpd, SERVICE_UP, e) == -1))
		return -1;
	while (instance_sender(c->home) == 0) {
		if (!tick(&s))
			return err_set(e, ERR_SYS,
			    "%s was told to start qmail-send, but it does not "
			    "run",
			    service_supervisor(sender));
	}
	ctl_say("qmail-send is up, under %s", service_supervisor(sender));
	return 0;
}

int
ctl_start(struct ctl *c, struct err *e)
{
	struct service sender;

	service_find(&sender, &c->site, "qmail-send");
	if (sender.kind != NULL)
		return start_supervised(c, &sender, e);
	return start_ourselves(c, e);
}
