/* SPDX-License-Identifier: ISC */
#include "mta/start/daemons.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/proc.h"
#include "base/str.h"
#include "mta/start/launch.h"
#include "mta/start/wide.h"
#include "qmail/ids.h"
#include "qmail/spawn_msg.h"

/* Every pipe is named by its two ends; an end is what a process gets. */
enum end {
	LSPAWN_COMMANDS_R,
	LSPAWN_COMMANDS_W,
	LSPAWN_REPORTS_R,
	LSPAWN_REPORTS_W,
	RSPAWN_COMMANDS_R,
	RSPAWN_COMMANDS_W,
	RSPAWN_REPORTS_R,
	RSPAWN_REPORTS_W,
	CLEAN_REQUESTS_R,
	CLEAN_REQUESTS_W,
	CLEAN_ANSWERS_R,
	CLEAN_ANSWERS_W,
	CLASSIC_ENDS,
	TODO_COMMANDS_R = CLASSIC_ENDS,
	TODO_COMMANDS_W,
	TODO_RECORDS_R,
	TODO_RECORDS_W,
	TODO_CLEAN_REQUESTS_R,
	TODO_CLEAN_REQUESTS_W,
	TODO_CLEAN_ANSWERS_R,
	TODO_CLEAN_ANSWERS_W,
	PIPE_ENDS,
	LOG = PIPE_ENDS,
	ENDS /* count */
};

enum { SEND_CLASSIC_FDS = 7, MAX_ARGS = 4 };

struct process {
	const char *name;
	enum ids_user user;
	size_t n;
	enum end end[9]; /* by descriptor number */
};

/* in the order of starting */
static const struct process children[] = {
    {"qmail-lspawn", IDS_ROOT, 3, {LSPAWN_COMMANDS_R, LSPAWN_REPORTS_W, LOG}},
    {"qmail-rspawn", IDS_QMAILR, 3, {RSPAWN_COMMANDS_R, RSPAWN_REPORTS_W, LOG}},
    {"qmail-clean", IDS_QMAILQ, 3, {CLEAN_REQUESTS_R, CLEAN_ANSWERS_W, LOG}},
    {"qmail-todo", IDS_QMAILS, 5,
        {TODO_COMMANDS_R, TODO_RECORDS_W, LOG, TODO_CLEAN_REQUESTS_W,
            TODO_CLEAN_ANSWERS_R}},
    {"qmail-clean", IDS_QMAILQ, 3,
        {TODO_CLEAN_REQUESTS_R, TODO_CLEAN_ANSWERS_W, LOG}},
};

enum { CLASSIC_CHILDREN = 3, WIDE_CHILDREN = 5 };

static const struct process sender = {"qmail-send", IDS_QMAILS, 9,
    {LOG, LSPAWN_COMMANDS_W, LSPAWN_REPORTS_R, RSPAWN_COMMANDS_W,
        RSPAWN_REPORTS_R, CLEAN_REQUESTS_W, CLEAN_ANSWERS_R, TODO_COMMANDS_W,
        TODO_RECORDS_R}};

struct start {
	const struct daemons *d;
	bool wide;
	gid_t gid;
	int fd[ENDS]; /* by end */
};

/* One process made ready for launch. */
struct ready {
	struct launch launch;
	struct str path;
	struct proc_fd map[PROC_MAX_FDS];
	const char *argv[MAX_ARGS];
};

static int
make_pipes(struct start *s, struct err *e)
{
	int ends = s->wide ? PIPE_ENDS : CLASSIC_ENDS;

	for (int i = 0; i < ends; i += 2) {
		if (fd_pipe(&s->fd[i]) == -1)
			return err_sys(e, "make", "pipe");
	}
	return 0;
}

static void
fill_arguments(const struct start *s, const struct process *p,
    const char *argv[MAX_ARGS])
{
	bool is_spawner = strstr(p->name, "spawn") != NULL;
	size_t n = 0;

	argv[n++] = p->name;
	if (p->user == IDS_ROOT)
		argv[n++] = s->d->delivery;
	if (s->wide && (is_spawner || p == &sender))
		argv[n++] = SPAWN_WIDE_ARG;
	argv[n] = NULL;
}

static int
make_ready(const struct start *s, const struct process *p, struct ready *r,
    struct err *e)
{
	const struct site *site = s->d->site;
	size_t n = s->wide || p != &sender ? p->n : SEND_CLASSIC_FDS;

	*r = (struct ready){0};
	if (site_find_program(site, p->name, &r->path, e) == -1)
		return -1;
	for (size_t i = 0; i < n; i++)
		r->map[i] = (struct proc_fd){s->fd[p->end[i]], (int)i};
	fill_arguments(s, p, r->argv);
	r->launch = (struct launch){
	    .path = str_cstr(&r->path),
	    .argv = proc_argv(r->argv),
	    .map = r->map,
	    .n = n,
	    .set_ids = !site->one_user,
	    .gid = s->gid,
	};
	return ids_find_user(site, p->user, &r->launch.uid, e);
}

static int
start_children(const struct start *s, struct err *e)
{
	int n = s->wide ? WIDE_CHILDREN : CLASSIC_CHILDREN;

	for (int i = 0; i < n; i++) {
		struct ready r;
		pid_t pid = -1;

		if (make_ready(s, &children[i], &r, e) == 0)
			pid = launch_start(&r.launch, e);
		str_free(&r.path);
		if (pid == -1)
			return -1;
	}
	return 0;
}

/* A logger that is not along PATH may be one of ours. */
static pid_t
launch_logger(const struct daemons *d, int from, struct err *e)
{
	const struct proc_fd map[] = {
	    {from, STDIN_FILENO},
	    {STDOUT_FILENO, STDOUT_FILENO},
	    {STDERR_FILENO, STDERR_FILENO},
	};
	struct launch l = {
	    .path = d->logger[0],
	    .argv = d->logger,
	    .map = map,
	    .n = sizeof(map) / sizeof(map[0]),
	    .set_ids = !d->site->one_user,
	};
	struct str path = {0};
	struct err ignored;
	pid_t pid;

	if (ids_find_user(d->site, IDS_QMAILL, &l.uid, e) == -1 ||
	    ids_find_group(d->site, IDS_NOFILES, &l.gid, e) == -1)
		return -1;
	pid = launch_start(&l, e);
	if (pid != -1 || strchr(l.path, '/') != NULL)
		return pid;
	if (site_find_program(d->site, l.path, &path, &ignored) == 0) {
		l.path = str_cstr(&path);
		pid = launch_start(&l, e);
	}
	str_free(&path);
	return pid;
}

static int
start_logger(struct daemons *d, struct err *e)
{
	int ends[2];
	pid_t pid;

	if (fd_pipe(ends) == -1)
		return err_sys(e, "make", "pipe");
	pid = launch_logger(d, ends[0], e);
	fd_close(&ends[0]);
	if (pid == -1)
		fd_close(&ends[1]);
	else
		d->log = ends[1];
	return pid == -1 ? -1 : 0;
}

void
daemons_log(int log, const char *level, const char *text)
{
	char line[400];
	int n =
	    snprintf(line, sizeof(line), "%s: qmail-start: %s\n", level, text);

	/* nothing is left to do when the log itself fails */
	if (n < 0 || (size_t)n >= sizeof(line) ||
	    fd_write_full(log, line, (size_t)n) == -1)
		return;
}

/* Without qmail-todo qmail-send does its work, in the classic way. */
static bool
has_todo(const struct site *site, int log)
{
	struct str path = {0};
	bool found = site_find_program(site, "qmail-todo", &path, NULL) == 0 &&
	             access(str_cstr(&path), X_OK) == 0;

	str_free(&path);
	if (!found)
		daemons_log(log, "warning",
		    "cannot find qmail-todo, qmail-send works without it");
	return found;
}

int
daemons_start(struct daemons *d, struct err *e)
{
	struct start s = {.d = d};
	struct ready r = {.path = {0}};

	d->log = d->logger == NULL ? STDOUT_FILENO : STDERR_FILENO;
	if (d->logger != NULL && start_logger(d, e) == -1)
		return -1;
	if (ids_find_group(d->site, IDS_QMAIL, &s.gid, e) == -1)
		return -1;
	s.wide = wide_is_spoken(d->site) && has_todo(d->site, d->log);
	s.fd[LOG] = d->log;
	if (make_pipes(&s, e) == 0 && start_children(&s, e) == 0 &&
	    make_ready(&s, &sender, &r, e) == 0)
		(void)launch_become(&r.launch, &d->log, e);
	str_free(&r.path);
	return -1;
}
