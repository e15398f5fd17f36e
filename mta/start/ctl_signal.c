/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "mta/start/ctl.h"
#include "mta/start/instance.h"
#include "mta/start/service.h"

/* One row per verb that sends a signal. */
struct message {
	int number;
	enum service_action action;
	bool smtp; /* the SMTP server gets it, too */
	const char *done;
};

static int
signal_sender(const struct ctl *c, const struct message *m, struct err *e)
{
	pid_t pid = instance_sender(c->home);

	if (pid == 0)
		return err_set(e, ERR_SYS, "qmail-send does not run in %s",
		    c->site.home);
	if (kill(pid, m->number) == -1)
		return err_sys(e, "send a signal to", "qmail-send");
	return 0;
}

static int
signal_servers(const struct ctl *c, const struct message *m, struct err *e)
{
	struct instance_process *list;
	size_t n;

	if (instance_list(c->home, &list, &n, e) == -1)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (list[i].pid != 0 && strncmp(list[i].name, "smtpd-", 6) == 0)
			(void)kill(list[i].pid, m->number);
	}
	free(list);
	return 0;
}

static int
signal_ourselves(const struct ctl *c, const struct message *m, struct err *e)
{
	int rc = signal_sender(c, m, e);

	return rc == 0 && m->smtp ? signal_servers(c, m, e) : rc;
}

static int
signal_services(const struct ctl *c, const struct service *sender,
    const struct message *m, struct err *e)
{
	struct service smtpd;

	if (service_do(sender, m->action, e) == -1)
		return -1;
	service_find(&smtpd, &c->site, "qmail-smtpd");
	if (!m->smtp || smtpd.kind == NULL)
		return 0;
	return service_do(&smtpd, m->action, e);
}

static int
send_message(struct ctl *c, const struct message *m, struct err *e)
{
	struct service sender;
	int rc;

	service_find(&sender, &c->site, "qmail-send");
	rc = sender.kind != NULL ? signal_services(c, &sender, m, e)
	                         : signal_ourselves(c, m, e);
	if (rc == 0)
		ctl_say("%s", m->done);
	return rc;
}

int
ctl_flush(struct ctl *c, struct err *e)
{
	static const struct message m = {SIGALRM, SERVICE_ALRM, false,
	    "qmail-send tries everything now"};

	return send_message(c, &m, e);
}

int
ctl_reload(struct ctl *c, struct err *e)
{
	static const struct message m = {SIGHUP, SERVICE_HUP, false,
	    "qmail-send reads control/locals and control/virtualdomains again"};

	return send_message(c, &m, e);
}

int
ctl_pause(struct ctl *c, struct err *e)
{
	static const struct message m = {SIGSTOP, SERVICE_PAUSE, true,
	    "stopped until \"qmailctl cont\"; mail is still accepted locally"};

	return send_message(c, &m, e);
}

int
ctl_continue(struct ctl *c, struct err *e)
{
	static const struct message m = {SIGCONT, SERVICE_CONTINUE, true,
	    "going on"};

	return send_message(c, &m, e);
}
