/* SPDX-License-Identifier: ISC */
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/sig.h"
#include "mta/queue/intake.h"

/* Below the 36 hours after which our files would be garbage to others. */
enum { LIFETIME_S = 86400 };

static char buffer[INTAKE_BUFFER];

static void
give_up(int signal)
{
	(void)signal;
	_exit(QUEUE_EXIT_TIMEOUT);
}

/* One call instead of eight: blocked signals cannot end us either, and a write
 * to a closed pipe or beyond a limit still fails with its errno. */
static void
set_signals(void)
{
	static const int ignored[] = {SIGPIPE, SIGVTALRM, SIGPROF, SIGQUIT,
	    SIGINT, SIGHUP, SIGXCPU, SIGXFSZ};
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
		sigaddset(&set, ignored[i]);
	(void)sigprocmask(SIG_SETMASK, &set, NULL);
	sig_catch(SIGALRM, give_up);
	(void)alarm(LIFETIME_S);
}

/* The real uid without a system call. */
static uid_t
find_caller(const struct site *site)
{
	uid_t uid = (uid_t)getauxval(AT_UID);

	return uid == 0 && site->one_user ? site->uid : uid;
}

/* Where the message comes from a set-uid program's caller, only the compiled
 * home counts: see site_find(). Root first becomes the owner of a one-user
 * home, before anything below it is touched. */
static void
enter_queue(struct site *site)
{
	char path[PATH_MAX];
	int n;

	if (site_find(site, NULL) == -1)
		_exit(QUEUE_EXIT_HOME);
	if (getauxval(AT_EUID) == 0 && site_become_owner(site, NULL) == -1)
		_exit(QUEUE_EXIT_HOME);
	n = snprintf(path, sizeof(path), "%s/queue", site->home);
	if (n > 0 && (size_t)n < sizeof(path) && chdir(path) == 0)
		return;
	_exit(chdir(site->home) == -1 ? QUEUE_EXIT_HOME : QUEUE_EXIT_QUEUE_DIR);
}

int
main(void)
{
	struct intake in = {.buf = buffer};
	struct site site;

	set_signals();
	(void)umask(033);
	enter_queue(&site);
	in.site = &site;
	in.uid = find_caller(&site);
	in.pid = getpid();
	in.now = clock_seconds();
	_exit((int)intake_run(&in));
}
