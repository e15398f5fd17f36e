/* SPDX-License-Identifier: ISC */
#include "mta/local/lspawn_child.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/attr.h"
#include "base/fd.h"
#include "base/priv.h"
#include "base/proc.h"
#include "base/str.h"
#include "mta/local/lspawn_report.h"
#include "qmail/ids.h"
#include "qmail/users.h"

/* Always in a child of the spawner, which speaks by its exit status. */

enum { GETPW_ANSWER_MAX = 65536 };

NORETURN static void
leave(int status)
{
	_exit(status);
}

/* Ends the delivery with a text of ours. */
NORETURN static void
defer(const char *text)
{
	struct span bytes = span_cstr(text);

	if (fd_write_full(STDOUT_FILENO, bytes.p, bytes.n) == -1)
		leave(LSPAWN_SYSTEM);
	leave(111);
}

int
lspawn_find_getpw_ids(struct lspawn *l, struct err *e)
{
	if (ids_find_user(&l->site, IDS_QMAILP, &l->getpw_uid, e) == -1 ||
	    ids_find_group(&l->site, IDS_NOFILES, &l->getpw_gid, e) == -1)
		return -1;
	l->getpw_known = true;
	return 0;
}

static int
become_getpw(const struct lspawn *l)
{
	struct lspawn own = *l;

	if (l->site.one_user)
		return 0;
	if (!own.getpw_known && lspawn_find_getpw_ids(&own, NULL) == -1)
		return -1;
	return priv_become(own.getpw_uid, own.getpw_gid, NULL);
}

NORETURN static void
run_getpw(const struct lspawn *l, const char *local, int answer)
{
	char name[] = "bin/qmail-getpw";
	char *argv[] = {name, NULL, NULL};
	int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);

	/* the program must not be able to touch the message */
	if (nothing == -1 || dup2(nothing, STDIN_FILENO) == -1 ||
	    dup2(answer, STDOUT_FILENO) == -1)
		leave(LSPAWN_NO_GETPW);
	proc_close_from(STDERR_FILENO + 1);
	argv[1] = strdup(local);
	if (argv[1] != NULL && become_getpw(l) == 0)
		(void)execve(l->getpw_path, argv, l->envp);
	leave(LSPAWN_NO_GETPW);
}

static void
read_answer(int fd, struct str *text)
{
	char *to = str_room(text, GETPW_ANSWER_MAX);
	ssize_t got = to == NULL ? -1 : fd_read_full(fd, to, GETPW_ANSWER_MAX);

	if (to == NULL)
		leave(LSPAWN_MEMORY);
	if (got == -1)
		leave(LSPAWN_SYSTEM);
	str_added(text, (size_t)got);
}

static void
ask_getpw(const struct lspawn *l, const char *local, struct str *text)
{
	int answer[2], status;
	pid_t pid;

	if (fd_pipe(answer) == -1)
		leave(LSPAWN_NO_GETPW);
	pid = fork();
	if (pid == -1)
		leave(LSPAWN_NO_GETPW);
	if (pid == 0)
		run_getpw(l, local, answer[1]);
	fd_close(&answer[1]);
	read_answer(answer[0], text);
	fd_close(&answer[0]);
	if (proc_wait(pid, &status) == -1 || !WIFEXITED(status))
		leave(LSPAWN_SYSTEM);
	if (WEXITSTATUS(status) != 0)
		leave(WEXITSTATUS(status));
}

static void
find_user(const struct lspawn *l, const char *local, struct str *text,
    struct users_entry *u)
{
	struct err e;

	switch (users_find(AT_FDCWD, span_cstr(local), text, &e)) {
	case USERS_FOUND:
		break;
	case USERS_FAILED:
		leave(e.kind == ERR_SYS && e.sys == ENOMEM ? LSPAWN_MEMORY
		                                           : LSPAWN_CDB);
	case USERS_ABSENT:
		ask_getpw(l, local, text);
		break;
	}
	switch (users_entry_parse(str_span(text), u)) {
	case USERS_ENTRY_OK:
		break;
	case USERS_ENTRY_SHORT:
		leave(LSPAWN_INTERNAL);
	case USERS_ENTRY_BAD_ID:
		leave(LSPAWN_ROOT); /* not a number counts as 0 */
	}
}

static void
become(const struct lspawn *l, const struct users_entry *u)
{
	if (u->uid == 0)
		leave(LSPAWN_ROOT);
	if (!l->site.one_user) {
		if (priv_become(u->uid, u->gid, NULL) == -1)
			leave(LSPAWN_SYSTEM);
	} else if (u->uid != l->site.uid) {
		defer("This one-user instance cannot deliver as another user. "
		      "(#4.3.5)\n");
	}
}

void
lspawn_deliver(const void *arg, const struct spawn_command *c)
{
	const struct lspawn *l = arg;
	size_t at = span_rfind(c->recipient, '@');
	char *local = strndup(c->recipient.p, at);
	struct users_entry u;
	struct str text = {0};

	if (local == NULL)
		leave(LSPAWN_MEMORY);
	if (local[0] == '\0')
		leave(0); /* mail for nobody is done */
	find_user(l, local, &text, &u);
	become(l, &u);
	(void)execve(l->local_path,
	    proc_argv((const char *const[]){"bin/qmail-local", "--", u.user.p,
	        u.home.p, local, u.dash.p, u.ext.p, c->recipient.p + at + 1,
	        c->sender.p, l->default_delivery, NULL}),
	    l->envp);
	leave(LSPAWN_NO_LOCAL);
}
