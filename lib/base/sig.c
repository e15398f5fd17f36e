/* SPDX-License-Identifier: ISC */
#include "base/sig.h"

#include <signal.h>
#include <stddef.h>

void
sig_catch(int signal, void (*handler)(int))
{
	struct sigaction act = {0};

	act.sa_handler = handler;
	sigemptyset(&act.sa_mask);
	(void)sigaction(signal, &act, NULL);
}

void
sig_ignore(int signal)
{
	sig_catch(signal, SIG_IGN);
}

void
sig_default(int signal)
{
	sig_catch(signal, SIG_DFL);
}

static void
change_mask(int how, int signal)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, signal);
	(void)sigprocmask(how, &set, NULL);
}

void
sig_block(int signal)
{
	change_mask(SIG_BLOCK, signal);
}

void
sig_unblock(int signal)
{
	change_mask(SIG_UNBLOCK, signal);
}

void
sig_unblock_all(void)
{
	sigset_t set;

	sigemptyset(&set);
	(void)sigprocmask(SIG_SETMASK, &set, NULL);
}
