/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/proc.h"
#include "base/str.h"
#include "mta/start/ctl.h"
#include "mta/start/instance.h"
#include "mta/start/launch.h"
#include "mta/start/procs.h"
#include "mta/start/service.h"

enum { CDB_MODE = 0644 };

/* Seconds since the process began; both clocks count from the boot. */
static int64_t
age(const struct procs_info *info)
{
	uint64_t hertz = (uint64_t)sysconf(_SC_CLK_TCK); /* at least 1 */

	return clock_boot_seconds() - (int64_t)(info->started / hertz);
}

static void
show_process(const char *name, pid_t pid)
{
	struct procs_info info;

	if (pid == 0 || !procs_find(pid, &info))
		ctl_say("%s: down", name);
	else
		ctl_say("%s: %s (pid %d) %" PRId64 " seconds", name,
		    info.state == 'T' ? "paused" : "up", (int)pid, age(&info));
}

/* The loggers and servers; qmail-send was shown before. */
static int
show_others(const struct ctl *c, struct err *e)
{
	struct instance_process *list;
	size_t n;

	if (instance_list(c->home, &list, &n, e) == -1)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (strcmp(list[i].name, "qmail-send") != 0)
			show_process(list[i].name, list[i].pid);
	}
	free(list);
	return 0;
}

static int
show_services(const struct ctl *c, const struct service *sender, struct err *e)
{
	struct service smtpd;

	if (service_do(sender, SERVICE_STATUS, e) == -1)
		return -1;
	service_find(&smtpd, &c->site, "qmail-smtpd");
	return smtpd.kind == NULL ? 0 : service_do(&smtpd, SERVICE_STATUS, e);
}

int
ctl_stat(struct ctl *c, struct err *e)
{
	static const char *const qstat[] = {"qmail-qstat", NULL};
	pid_t pid = instance_sender(c->home);
	struct service sender;
	int rc;

	service_find(&sender, &c->site, "qmail-send");
	if (sender.kind != NULL) {
		rc = show_services(c, &sender, e);
	} else {
		show_process("qmail-send", pid);
		rc = show_others(c, e);
	}
	if (rc == 0)
		rc = ctl_program(c, qstat, e);
	if (rc != 0)
		return rc;
	return pid == 0 ? CTL_NOT_RUNNING : 0;
}

int
ctl_queue(struct ctl *c, struct err *e)
{
	static const char *const qstat[] = {"qmail-qstat", NULL};
	static const char *const qread[] = {"qmail-qread", NULL};
	int rc = ctl_program(c, qstat, e);

	return rc == 0 ? ctl_program(c, qread, e) : rc;
}

/* control/tcp.smtp of this home, else the one that run scripts of old use. */
static const char *
rules_source(const struct ctl *c)
{
	if (faccessat(c->home, "control/tcp.smtp", F_OK, 0) == 0)
		return "control/tcp.smtp";
	return "/etc/tcp.smtp";
}

/* tcprules with its standard input from the source. */
static int
compile_rules(const char *source, struct err *e)
{
	struct str cdb = {0}, tmp = {0};
	int fd = open(source, O_RDONLY | O_CLOEXEC), saved, rc = -1;

	if (fd == -1)
		return err_sys(e, "open", source);
	str_put_cstr(&cdb, source);
	str_put_cstr(&cdb, ".cdb");
	str_put_cstr(&tmp, source);
	str_put_cstr(&tmp, ".tmp");
	saved = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
	if (str_cstr(&cdb) != NULL && str_cstr(&tmp) != NULL && saved != -1 &&
	    dup2(fd, STDIN_FILENO) != -1) {
		const char *argv[] = {"tcprules", str_cstr(&cdb),
		    str_cstr(&tmp), NULL};

		(void)umask(077);
		rc = ctl_command(argv, e);
		if (rc == 0 && chmod(str_cstr(&cdb), CDB_MODE) == -1)
			rc = err_sys(e, "set mode of", str_cstr(&cdb));
		(void)dup2(saved, STDIN_FILENO);
	} else {
		err_sys(e, "compile", source);
	}
	if (rc == 0)
		ctl_say("%s is made", str_cstr(&cdb));
	fd_close(&saved);
	fd_close(&fd);
	str_free(&cdb);
	str_free(&tmp);
	return rc;
}

int
ctl_cdb(struct ctl *c, struct err *e)
{
	return compile_rules(rules_source(c), e);
}

/* The tools lie beside the daemons or along PATH. We become the tool. */
static int
become_tool(const struct ctl *c, const char *name, struct err *e)
{
	const char *argv[] = {name, "--home", c->site.home, NULL};
	struct str path = {0};

	if (site_find_program(&c->site, name, &path, NULL) == 0)
		(void)execv(str_cstr(&path), proc_argv(argv));
	str_free(&path);
	(void)execvp(name, proc_argv(argv));
	return err_set(e, ERR_SYS,
	    "the tool %s, which does this, is not installed (%s)", name,
	    strerror(errno));
}

int
ctl_check(struct ctl *c, struct err *e)
{
	return become_tool(c, "qlint", e);
}

int
ctl_why(struct ctl *c, struct err *e)
{
	return become_tool(c, "qdoctor", e);
}
