/* SPDX-License-Identifier: ISC */
#include "mta/start/tcpserver.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/fd.h"
#include "base/span.h"
#include "mta/start/launch.h"

int
tcpserver_failed(struct err *e)
{
	if (launch_not_found(e))
		err_set(e, ERR_SYS,
		    "tcpserver is not installed; it is in the package "
		    "ucspi-tcp, with IPv6 in ucspi-tcp-ipv6");
	return -1;
}

/* Its complaint about an unknown option and its usage end up in buf. */
static ssize_t
ask(char *buf, size_t size, struct err *e)
{
	const char *argv[] = {"tcpserver", "-6", NULL};
	int null = open("/dev/null", O_RDWR | O_CLOEXEC), ends[2], status;
	ssize_t got;
	pid_t pid;

	if (null == -1)
		return err_sys(e, "open", "/dev/null");
	if (fd_pipe(ends) == -1) {
		fd_close(&null);
		return err_sys(e, "make a pipe for", argv[0]);
	}
	const struct proc_fd map[] = {{null, 0}, {null, 1}, {ends[1], 2}};
	struct launch l = {.path = argv[0],
	    .argv = proc_argv(argv),
	    .map = map,
	    .n = 3};

	pid = launch_start(&l, e);
	fd_close(&null);
	fd_close(&ends[1]);
	got = pid == -1 ? -1 : fd_read_full(ends[0], buf, size);
	fd_close(&ends[0]); /* whatever it still has to say */
	if (pid == -1)
		return tcpserver_failed(e);
	if (proc_wait(pid, &status) == -1 || got == -1)
		return err_sys(e, "read the usage of", argv[0]);
	return got;
}

int
tcpserver_knows_ipv6(bool *known, struct err *e)
{
	/* how its usage begins: both options exist in that package alone */
	static const struct span both = SPAN_INIT("[ -46");
	char buf[1024];
	ssize_t got = ask(buf, sizeof(buf), e);

	if (got == -1)
		return -1;
	*known = memmem(buf, (size_t)got, both.p, both.n) != NULL;
	return 0;
}
