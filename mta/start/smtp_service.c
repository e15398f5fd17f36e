/* SPDX-License-Identifier: ISC */
#include "mta/start/smtp_service.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/proc.h"
#include "mta/start/instance.h"
#include "mta/start/launch.h"
#include "mta/start/tcpserver.h"
#include "qmail/control.h"
#include "qmail/ids.h"

enum { MAX_ARGS = 24 };

static int
take_listeners(struct smtp_service *s, struct span entries, struct err *e)
{
	struct span entry;

	while (span_take_nul(&entries, &entry)) {
		if (s->n == SMTP_LISTENERS)
			return err_set(e, ERR_LIMIT,
			    "control/smtplisten has more than %d lines",
			    (int)SMTP_LISTENERS);
		if (!listener_parse(entry, &s->listener[s->n]))
			return err_set(e, ERR_FORMAT,
			    "control/smtplisten: %.*s is not ip:port",
			    (int)(entry.n < 60 ? entry.n : 60), entry.p);
		s->n++;
	}
	return 0;
}

static int
load_control(struct smtp_service *s, const struct control *control,
    struct err *e)
{
	struct str entries = {0};
	uint32_t limit = 0;
	enum control_status got;
	int rc = -1;

	got = control_get_list(control, "smtplisten", &entries, e);
	if (got != CONTROL_FAILED)
		rc = take_listeners(s, str_span(&entries), e);
	str_free(&entries);
	if (rc == -1)
		return -1;
	got = control_get_int(control, "concurrencyincoming", &limit, e);
	if (got == CONTROL_FOUND)
		str_put_u64(&s->limit, limit);
	return got == CONTROL_FAILED ? -1 : 0;
}

static int
check_tcpserver(const struct smtp_service *s, struct err *e)
{
	bool known;

	if (tcpserver_knows_ipv6(&known, e) == -1)
		return -1;
	for (size_t i = 0; i < s->n && !known; i++) {
		if (s->listener[i].address.ss_family == AF_INET6)
			return err_set(e, ERR_LIMIT,
			    "control/smtplisten has the IPv6 address %s, but "
			    "this tcpserver knows only IPv4; the package "
			    "ucspi-tcp-ipv6 has one for both",
			    s->listener[i].host);
	}
	return 0;
}

static int
check_possible(struct smtp_service *s, const struct ctl *c, struct err *e)
{
	if (faccessat(c->home, "control/rcpthosts", F_OK, 0) == -1)
		return err_set(e, ERR_LIMIT,
		    "control/smtplisten asks for an SMTP server, but without "
		    "control/rcpthosts it would relay for everybody");
	if (site_find_program(&c->site, "qmail-smtpd", &s->program, e) == -1)
		return -1;
	if (access(str_cstr(&s->program), X_OK) == -1)
		return err_sys(e, "run", str_cstr(&s->program));
	if (check_tcpserver(s, e) == -1)
		return -1;
	for (size_t i = 0; i < s->n; i++) {
		if (listener_check_free(&s->listener[i], e) == -1)
			return -1;
	}
	s->has_rules = faccessat(c->home, "control/tcp.smtp.cdb", F_OK, 0) == 0;
	return 0;
}

int
smtp_service_load(struct smtp_service *s, const struct ctl *c, struct err *e)
{
	struct control control;
	int rc;

	*s = (struct smtp_service){.n = 0};
	if (control_open(&control, c->home, e) == -1)
		return -1;
	rc = load_control(s, &control, e);
	control_close(&control);
	if (rc == -1 || s->n == 0)
		return rc;
	return check_possible(s, c, e);
}

void
smtp_service_free(struct smtp_service *s)
{
	str_free(&s->program);
	str_free(&s->limit);
}

void
smtp_service_name(const struct listener *l, char *name, size_t size)
{
	(void)snprintf(name, size, "smtpd-%s:%s", l->host, l->port);
}

/* Numbers for -u and -g. */
struct server_ids {
	char uid[16], gid[16];
};

/* tcpserver itself stays root until it listens. */
static int
find_ids(const struct ctl *c, struct server_ids *ids, struct err *e)
{
	uid_t uid;
	gid_t gid;

	if (ids_find_user(&c->site, IDS_QMAILD, &uid, e) == -1 ||
	    ids_find_group(&c->site, IDS_NOFILES, &gid, e) == -1)
		return -1;
	(void)snprintf(ids->uid, sizeof(ids->uid), "%u", (unsigned)uid);
	(void)snprintf(ids->gid, sizeof(ids->gid), "%u", (unsigned)gid);
	return 0;
}

static void
fill_arguments(struct smtp_service *s, const struct ctl *c,
    const struct server_ids *ids, const struct listener *l, const char **argv)
{
	static const char *const always[] = {"tcpserver", "-v", "-H", "-R",
	    "-l0"};
	size_t n = 0;

	while (n < sizeof(always) / sizeof(always[0])) {
		argv[n] = always[n];
		n++;
	}
	if (s->limit.n > 0) {
		argv[n++] = "-c";
		argv[n++] = str_cstr(&s->limit);
	}
	if (s->has_rules) {
		argv[n++] = "-x";
		argv[n++] = "control/tcp.smtp.cdb";
	}
	if (!c->site.one_user) {
		argv[n++] = "-u";
		argv[n++] = ids->uid;
		argv[n++] = "-g";
		argv[n++] = ids->gid;
	}
	/* With its 20, a burst of clients overflows the queue of connections;
	 * those then wait for a greeting that never comes. */
	argv[n++] = "-b";
	argv[n++] = "1024";
	/* tcpserver has its own word for every address of both families */
	argv[n++] = strcmp(l->host, "::") == 0 ? "0" : l->host;
	argv[n++] = l->port;
	argv[n++] = str_cstr(&s->program);
	argv[n] = NULL;
}

static int
start_one(struct smtp_service *s, const struct ctl *c, size_t i,
    const struct proc_fd map[3], struct err *e)
{
	const char *argv[MAX_ARGS] = {NULL};
	struct server_ids ids;
	char name[INSTANCE_NAME];
	struct launch l = {
	    .path = "tcpserver",
	    .argv = proc_argv(argv),
	    .map = map,
	    .n = 3,
	    .own_session = true,
	};

	if (find_ids(c, &ids, e) == -1)
		return -1;
	fill_arguments(s, c, &ids, &s->listener[i], argv);
	s->pid[i] = launch_start(&l, e);
	if (s->pid[i] == -1)
		return tcpserver_failed(e);
	smtp_service_name(&s->listener[i], name, sizeof(name));
	return instance_save(c->home, name, s->pid[i], e);
}

int
smtp_service_start(struct smtp_service *s, const struct ctl *c, int log,
    struct err *e)
{
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC), rc = 0;
	const struct proc_fd map[] = {{null, 0}, {log, 1}, {log, 2}};

	if (null == -1)
		return err_sys(e, "open", "/dev/null");
	for (size_t i = 0; i < s->n && rc == 0; i++)
		rc = start_one(s, c, i, map, e);
	fd_close(&null);
	return rc;
}
