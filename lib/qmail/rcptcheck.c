/* SPDX-License-Identifier: ISC */
#include "qmail/rcptcheck.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/proc.h"
#include "fmt/quote.h"
#include "qmail/config.h"

enum { GETPW_ANSWER_MAX = 65536 };

int
rcptcheck_load(struct rcptcheck *c, const struct site *site,
    const struct control *control, const struct hash_seed *seed, struct err *e)
{
	*c = (struct rcptcheck){.site = site};
	return route_load(&c->route, control, seed, e);
}

void
rcptcheck_free(struct rcptcheck *c)
{
	route_free(&c->route);
	*c = (struct rcptcheck){0};
}

void
rcptcheck_found_free(struct rcptcheck_found *f)
{
	str_free(&f->rewritten);
	str_free(&f->entry);
	str_free(&f->file);
	*f = (struct rcptcheck_found){0};
}

/* ---- qmail-getpw ----------------------------------------------------------
 */

static int
start_getpw(const char *path, char *local, int answer, pid_t *pid,
    struct err *e)
{
	char name[] = "bin/qmail-getpw";
	char *argv[] = {name, local, NULL};
	int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
	struct proc_fd map[] = {{nothing, 0}, {answer, 1}, {nothing, 2}};
	struct proc_start start = {.path = path,
	    .argv = argv,
	    .map = map,
	    .n = sizeof(map) / sizeof(map[0])};

	if (nothing == -1)
		return err_sys(e, "open", "/dev/null");
	*pid = proc_spawn(&start, e);
	fd_close(&nothing);
	return *pid == -1 ? -1 : 0;
}

static int
read_answer(int fd, struct str *text, struct err *e)
{
	char *room = str_room(text, GETPW_ANSWER_MAX);
	ssize_t got = -1;

	if (room == NULL)
		errno = ENOMEM;
	else
		got = fd_read_full(fd, room, GETPW_ANSWER_MAX);
	if (got == -1)
		return err_sys(e, "read answer of", "qmail-getpw");
	str_added(text, (size_t)got);
	return 0;
}

/* 0 when it exits so, -1 with *e otherwise. */
static int
run_getpw(const char *path, char *local, struct str *text, struct err *e)
{
	int ends[2], status, rc;
	pid_t pid;

	if (fd_pipe(ends) == -1)
		return err_sys(e, "make", "pipe");
	rc = start_getpw(path, local, ends[1], &pid, e);
	fd_close(&ends[1]);
	if (rc == 0) {
		rc = read_answer(ends[0], text, e);
		fd_close(&ends[0]);
		if (proc_wait(pid, &status) == -1)
			rc = err_sys(e, "wait for", "qmail-getpw");
		else if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
			rc = err_set(e, ERR_LIMIT,
			    "qmail-getpw ended with status %d", status);
	}
	fd_close(&ends[0]);
	return rc;
}

static int
ask_getpw(const struct site *site, struct span local, struct str *text,
    struct err *e)
{
	struct str path = {0}, name = {0};
	int rc = -1;

	str_put(&name, local);
	if (str_cstr(&name) == NULL)
		err_set(e, ERR_SYS, "out of memory");
	else if (site_find_program(site, "qmail-getpw", &path, e) == 0)
		rc = run_getpw(path.p, name.p, text, e);
	str_free(&path);
	str_free(&name);
	return rc;
}

/* ---- the steps ------------------------------------------------------------
 */

static int
find_user(const struct rcptcheck *c, struct span local,
    struct rcptcheck_found *f)
{
	switch (users_find(AT_FDCWD, local, &f->entry, &f->why)) {
	case USERS_FOUND:
		f->is_in_cdb = true;
		break;
	case USERS_FAILED:
		return -1;
	case USERS_ABSENT:
		if (ask_getpw(c->site, local, &f->entry, &f->why) == -1)
			return -1;
		break;
	}
	if (users_entry_parse(str_span(&f->entry), &f->user) == USERS_ENTRY_OK)
		return 0;
	f->user = (struct users_entry){0};
	return err_set(&f->why, ERR_FORMAT, "the user's record is damaged");
}

/* Deliveries there are deferred: nothing can be said. */
static int
check_home(int home, const char *path, struct err *e)
{
	struct stat st;

	if (fstat(home, &st) == -1)
		return err_sys(e, "examine", path);
	if (dotqmail_check_home(st.st_mode, config_patrn) == DOTQMAIL_HOME_OK)
		return 0;
	return err_set(e, ERR_LIMIT, "deliveries in %s are deferred", path);
}

static enum rcptcheck_verdict
find_file(int home, struct rcptcheck_found *f)
{
	struct dotqmail_address address = {f->user.dash, f->user.ext};
	struct dotqmail_file file;

	switch (dotqmail_open(home, &address, config_patrn, &file, &f->why)) {
	case DOTQMAIL_FOUND:
		str_put(&f->file, str_span(&file.name));
		dotqmail_close(&file);
		return RCPTCHECK_KNOWN;
	case DOTQMAIL_ABSENT:
		return address.dash.n == 0 ? RCPTCHECK_KNOWN
		                           : RCPTCHECK_UNKNOWN;
	case DOTQMAIL_WRITABLE:
	case DOTQMAIL_TROUBLE:
		break;
	}
	return RCPTCHECK_UNDECIDED;
}

static enum rcptcheck_verdict
search_home(struct rcptcheck_found *f)
{
	enum rcptcheck_verdict verdict = RCPTCHECK_UNDECIDED;
	const char *path = f->user.home.p;
	int home;

	/* to look names up in it is enough; its list is nobody's business */
	home = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (home == -1) {
		err_sys(&f->why, "open", path);
		return RCPTCHECK_UNDECIDED;
	}
	if (check_home(home, path, &f->why) == 0)
		verdict = find_file(home, f);
	fd_close(&home);
	return verdict;
}

static enum rcptcheck_verdict
undecided(struct rcptcheck_found *f, const char *why)
{
	err_set(&f->why, ERR_LIMIT, "%s", why);
	return RCPTCHECK_UNDECIDED;
}

/* local: what precedes the last @ after rewriting. */
static enum rcptcheck_verdict
check_local(const struct rcptcheck *c, struct span local,
    struct rcptcheck_found *f)
{
	if (local.n == 0)
		return RCPTCHECK_KNOWN; /* such mail is taken and dropped */
	if (span_find(local, '\0', 0) < local.n)
		return undecided(f, "there is a NUL in the address");
	if (find_user(c, local, f) == -1)
		return RCPTCHECK_UNDECIDED;
	if (f->user.uid == 0)
		return undecided(f, "deliveries as root are deferred");
	if (c->site->one_user && f->user.uid != c->site->uid)
		return undecided(f, "deliveries of other users are deferred");
	return search_home(f);
}

enum rcptcheck_verdict
rcptcheck_find(const struct rcptcheck *c, struct span recipient,
    struct rcptcheck_found *f)
{
	struct span address;
	enum route_channel channel;

	rcptcheck_found_free(f);
	channel = route_put(&c->route, recipient, &f->rewritten);
	if (!str_ok(&f->rewritten))
		return undecided(f, "out of memory");
	if (channel == ROUTE_REMOTE)
		return RCPTCHECK_REMOTE;
	address = str_span(&f->rewritten);
	return check_local(c, span_first(address, quote_find_at(address)), f);
}
