/* SPDX-License-Identifier: ISC */
#include "mta/start/service.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "mta/start/ctl.h"

enum { WORDS = 4, RUNIT_STATUS_BYTES = 20 };

struct service_kind {
	const char *name;
	/* the command of each action, to be followed by the target */
	const char *words[SERVICE_ACTIONS][WORDS];
	bool (*is_watched)(int dir);
};

/* A FIFO that somebody reads. */
static bool
has_reader(int dir, const char *name)
{
	int fd = openat(dir, name, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
	struct stat st;
	bool found;

	if (fd == -1)
		return false;
	found = fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode);
	fd_close(&fd);
	return found;
}

static bool
has_event_dir(int dir)
{
	return faccessat(dir, "event", F_OK, 0) == 0;
}

static bool
is_watched_by_s6(int dir)
{
	return has_event_dir(dir) && has_reader(dir, "supervise/control");
}

/* Both have supervise/ok; their status records differ in length. */
static bool
is_watched_by_runit(int dir)
{
	struct stat st;

	return !has_event_dir(dir) && has_reader(dir, "supervise/ok") &&
	       fstatat(dir, "supervise/status", &st, 0) == 0 &&
	       st.st_size == RUNIT_STATUS_BYTES;
}

static bool
is_watched_by_daemontools(int dir)
{
	return !has_event_dir(dir) && has_reader(dir, "supervise/ok");
}

/* in the order of asking: daemontools accepts what is left */
static const struct service_kind kinds[] = {
    {"s6",
        {
            [SERVICE_UP] = {"s6-svc", "-u"},
            [SERVICE_DOWN] = {"s6-svc", "-d"},
            [SERVICE_HUP] = {"s6-svc", "-h"},
            [SERVICE_ALRM] = {"s6-svc", "-a"},
            [SERVICE_PAUSE] = {"s6-svc", "-p"},
            [SERVICE_CONTINUE] = {"s6-svc", "-c"},
            [SERVICE_STATUS] = {"s6-svstat"},
        },
        is_watched_by_s6},
    {"runit",
        {
            [SERVICE_UP] = {"sv", "up"},
            [SERVICE_DOWN] = {"sv", "down"},
            [SERVICE_HUP] = {"sv", "hup"},
            [SERVICE_ALRM] = {"sv", "alarm"},
            [SERVICE_PAUSE] = {"sv", "pause"},
            [SERVICE_CONTINUE] = {"sv", "cont"},
            [SERVICE_STATUS] = {"sv", "status"},
        },
        is_watched_by_runit},
    {"daemontools",
        {
            [SERVICE_UP] = {"svc", "-u"},
            [SERVICE_DOWN] = {"svc", "-d"},
            [SERVICE_HUP] = {"svc", "-h"},
            [SERVICE_ALRM] = {"svc", "-a"},
            [SERVICE_PAUSE] = {"svc", "-p"},
            [SERVICE_CONTINUE] = {"svc", "-c"},
            [SERVICE_STATUS] = {"svstat"},
        },
        is_watched_by_daemontools},
};

static const struct service_kind systemd = {"systemd",
    {
        [SERVICE_UP] = {"systemctl", "start"},
        [SERVICE_DOWN] = {"systemctl", "stop"},
        [SERVICE_HUP] = {"systemctl", "kill", "--kill-who=main", "-sHUP"},
        [SERVICE_ALRM] = {"systemctl", "kill", "--kill-who=main", "-sALRM"},
        [SERVICE_PAUSE] = {"systemctl", "kill", "--kill-who=main", "-sSTOP"},
        [SERVICE_CONTINUE] = {"systemctl", "kill", "--kill-who=main", "-sCONT"},
        [SERVICE_STATUS] = {"systemctl", "--no-pager", "status"},
    },
    NULL};

static bool
try_dir(struct service *s, const char *parent, const char *name)
{
	int n = snprintf(s->target, sizeof(s->target), "%s/%s", parent, name);
	int dir;

	if (n < 0 || (size_t)n >= sizeof(s->target))
		return false;
	dir = open(s->target, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir == -1)
		return false;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (s->kind == NULL && kinds[i].is_watched(dir))
			s->kind = &kinds[i];
	}
	fd_close(&dir);
	return s->kind != NULL;
}

/* systemd is the init here, and knows a unit of this name. */
static bool
try_unit(struct service *s, const char *name)
{
	static const char *const dirs[] = {"/etc/systemd/system",
	    "/run/systemd/system", "/usr/local/lib/systemd/system",
	    "/usr/lib/systemd/system", "/lib/systemd/system"};
	char path[256];

	if (access("/run/systemd/system", F_OK) == -1)
		return false;
	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s.service", dirs[i],
		    name);
		if (access(path, F_OK) == 0) {
			(void)snprintf(s->target, sizeof(s->target),
			    "%s.service", name);
			s->kind = &systemd;
			return true;
		}
	}
	return false;
}

static bool
is_compiled_home(const struct site *site)
{
	struct stat ours, theirs;

	return stat(site_compiled_home(), &ours) == 0 &&
	       stat(site->home, &theirs) == 0 && ours.st_dev == theirs.st_dev &&
	       ours.st_ino == theirs.st_ino;
}

void
service_find(struct service *s, const struct site *site, const char *name)
{
	static const char *const roots[] = {"/service", "/etc/service",
	    "/var/service", "/run/service"};
	char own[SERVICE_PATH - 64];
	int n = snprintf(own, sizeof(own), "%s/supervise", site->home);

	s->kind = NULL;
	if (n > 0 && (size_t)n < sizeof(own) && try_dir(s, own, name))
		return;
	if (!is_compiled_home(site))
		return;
	for (size_t i = 0; i < sizeof(roots) / sizeof(roots[0]); i++) {
		if (try_dir(s, roots[i], name))
			return;
	}
	(void)try_unit(s, name);
}

const char *
service_supervisor(const struct service *s)
{
	return s->kind->name;
}

int
service_do(const struct service *s, enum service_action action, struct err *e)
{
	const char *argv[WORDS + 2];
	size_t n = 0;
	int status;

	while (n < WORDS && s->kind->words[action][n] != NULL) {
		argv[n] = s->kind->words[action][n];
		n++;
	}
	argv[n++] = s->target;
	argv[n] = NULL;
	status = ctl_command(argv, e);
	if (status <= 0)
		return status;
	if (action == SERVICE_STATUS) /* says by it that something is down */
		return 0;
	return err_set(e, ERR_SYS, "%s failed for %s (exit status %d)", argv[0],
	    s->target, status);
}
