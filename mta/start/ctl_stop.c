/* SPDX-License-Identifier: ISC */
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "mta/start/ctl.h"
#include "mta/start/instance.h"
#include "mta/start/procs.h"
#include "mta/start/service.h"

enum {
	TRACKED = 160,
	WAIT_MS = 1000,
	NOTICE_S = 2,  /* after this we say what we wait for */
	SESSION_S = 5, /* what SMTP sessions get to finish */
	LOGGER_S = 5,  /* what a logger gets when nobody is left to log */
	REAP_TRIES = 10,
	REAP_MS = 20,
};

/* Who is to be gone: processes, and all of certain sessions. */
struct stopping {
	struct procs_info process[TRACKED];
	size_t n;
	pid_t sender; /* its session counts when it leads one */
	struct instance_process *list;
	size_t entries;
};

enum remains {
	REMAINS_NOTHING,
	REMAINS_LOGGER,   /* only loggers */
	REMAINS_SMTP,     /* sessions of a server that has gone */
	REMAINS_DELIVERY, /* qmail-send or what it started */
};

struct view {
	enum remains what;
	pid_t pid; /* one of them */
	unsigned deliveries;
};

static bool
has_prefix(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

static void
track(struct stopping *s, const struct procs_info *info)
{
	if (s->n < TRACKED)
		s->process[s->n++] = *info;
}

static bool
is_tracked(const struct stopping *s, const struct procs_info *info)
{
	for (size_t i = 0; i < s->n; i++) {
		if (s->process[i].pid == info->pid &&
		    s->process[i].started == info->started)
			return true;
	}
	return false;
}

/* Children of qmail-send: the spawners, qmail-clean, qmail-todo. */
static void
track_children(struct stopping *s)
{
	struct procs_info info;
	struct procs all = {.ended = false};

	if (s->sender == 0 || !procs_open(&all))
		return;
	while (procs_next(&all, &info)) {
		if (info.pid == s->sender || info.parent == s->sender)
			track(s, &info);
	}
	procs_close(&all);
}

static int
load(struct stopping *s, const struct ctl *c, struct err *e)
{
	*s = (struct stopping){.sender = instance_sender(c->home)};
	track_children(s);
	return instance_list(c->home, &s->list, &s->entries, e);
}

static void
tell(pid_t pid, int number)
{
	if (pid > 0)
		(void)kill(pid, number); /* it may have ended by itself */
}

/* A stopped process would see its TERM only when continued. */
static void
tell_all(const struct stopping *s)
{
	for (size_t i = 0; i < s->entries; i++) {
		if (!has_prefix(s->list[i].name, "smtpd-"))
			continue;
		tell(s->list[i].pid, SIGTERM);
		tell(s->list[i].pid, SIGCONT);
	}
	tell(s->sender, SIGTERM);
	tell(s->sender, SIGCONT);
}

static enum remains
classify(const struct stopping *s, const struct procs_info *info)
{
	for (size_t i = 0; i < s->entries; i++) {
		const struct instance_process *p = &s->list[i];

		if (p->pid == 0 || p->pid != info->session)
			continue;
		if (has_prefix(p->name, "log-"))
			return REMAINS_LOGGER;
		if (has_prefix(p->name, "smtpd-"))
			return REMAINS_SMTP;
	}
	if (is_tracked(s, info))
		return REMAINS_DELIVERY;
	/* what a delivery has left in the background is not ours to wait for */
	if (s->sender != 0 && info->session == s->sender &&
	    has_prefix(info->name, "qmail-"))
		return REMAINS_DELIVERY;
	return REMAINS_NOTHING;
}

/* ended: processes count until somebody has waited for them. */
static struct view
look(const struct stopping *s, bool ended)
{
	struct view v = {.what = REMAINS_NOTHING};
	struct procs_info info;
	struct procs all = {.ended = ended};

	if (!procs_open(&all))
		return v;
	while (procs_next(&all, &info)) {
		enum remains what = classify(s, &info);

		if (strcmp(info.name, "qmail-local") == 0 ||
		    strcmp(info.name, "qmail-remote") == 0)
			v.deliveries += what == REMAINS_DELIVERY;
		if (what > v.what) {
			v.what = what;
			v.pid = info.pid;
		}
	}
	procs_close(&all);
	return v;
}

/* Everybody of the sessions of tcpserver, or the loggers. qmail-queue ends by
 * itself without its client, and then leaves nothing behind. */
static void
end_all(const struct stopping *s, enum remains what)
{
	struct procs_info info;
	struct procs all = {.ended = false};

	if (!procs_open(&all))
		return;
	while (procs_next(&all, &info)) {
		if (classify(s, &info) == what &&
		    strcmp(info.name, "qmail-queue") != 0)
			tell(info.pid, SIGTERM);
	}
	procs_close(&all);
}

static void
wait_for_all(const struct stopping *s)
{
	int64_t begin = clock_seconds();
	unsigned said = 0;

	for (;;) {
		struct view v = look(s, false);
		int64_t waited = clock_seconds() - begin;

		if (v.what == REMAINS_NOTHING)
			return;
		if (v.deliveries != said && waited >= NOTICE_S) {
			ctl_say("waiting for %u deliveries", v.deliveries);
			said = v.deliveries;
		}
		if (v.what == REMAINS_SMTP && waited >= SESSION_S)
			end_all(s, REMAINS_SMTP);
		if (v.what == REMAINS_LOGGER && waited >= LOGGER_S)
			end_all(s, REMAINS_LOGGER);
		procs_wait(v.pid, WAIT_MS);
	}
}

/* Init waits for orphans soon; a container may have none that does. */
static void
wait_for_init(const struct stopping *s)
{
	for (int i = 0; i < REAP_TRIES; i++) {
		if (look(s, true).what == REMAINS_NOTHING)
			return;
		(void)poll(NULL, 0, REAP_MS);
	}
}

static int
stop_ourselves(struct ctl *c, struct err *e)
{
	struct stopping s;
	bool anybody;

	if (load(&s, c, e) == -1)
		return -1;
	anybody = look(&s, false).what != REMAINS_NOTHING;
	tell_all(&s);
	wait_for_all(&s);
	wait_for_init(&s);
	for (size_t i = 0; i < s.entries; i++)
		instance_forget(c->home, s.list[i].name);
	ctl_say("%s", anybody ? "all processes have ended" : "nothing runs");
	free(s.list);
	return 0;
}

/* The supervisor sends TERM; the loggers are its own and stay. */
static int
stop_supervised(struct ctl *c, const struct service *sender, struct err *e)
{
	struct service smtpd;
	struct stopping s;

	service_find(&smtpd, &c->site, "qmail-smtpd");
	if (load(&s, c, e) == -1)
		return -1;
	free(s.list);
	s.list = NULL;
	s.entries = 0;
	if ((smtpd.kind != NULL && service_do(&smtpd, SERVICE_DOWN, e) == -1) ||
	    service_do(sender, SERVICE_DOWN, e) == -1)
		return -1;
	tell(s.sender, SIGCONT);
	wait_for_all(&s);
	ctl_say("qmail-send is down, under %s", service_supervisor(sender));
	return 0;
}

int
ctl_stop(struct ctl *c, struct err *e)
{
	struct service sender;

	service_find(&sender, &c->site, "qmail-send");
	if (sender.kind != NULL)
		return stop_supervised(c, &sender, e);
	return stop_ourselves(c, e);
}

int
ctl_restart(struct ctl *c, struct err *e)
{
	int rc = ctl_stop(c, e);

	return rc == 0 ? ctl_start(c, e) : rc;
}
