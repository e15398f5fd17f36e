/* SPDX-License-Identifier: ISC */
#include "mta/local/lspawn_setup.h"

#include <errno.h>
#include <fcntl.h>

#include "base/fd.h"
#include "base/file.h"
#include "mta/local/lspawn_report.h"
#include "qmail/control.h"
#include "qmail/ids.h"

static const struct spawn_family family = {LSPAWN_OUTPUT_MAX, lspawn_deliver,
    lspawn_report};

/* A program that is nowhere now is expected in HOME/bin when it is needed:
 * deliveries are deferred until then. NULL without memory. */
static const char *
find_program(const struct site *site, const char *name, struct str *path)
{
	if (site_find_program(site, name, path, NULL) == -1) {
		str_put_cstr(path, site->home);
		str_put_cstr(path, "/bin/");
		str_put_cstr(path, name);
	}
	return str_cstr(path);
}

static int
find_programs(struct lspawn_setup *s, struct err *e)
{
	struct lspawn *l = &s->lspawn;

	l->local_path = find_program(&l->site, "qmail-local", &s->local_path);
	l->getpw_path = find_program(&l->site, "qmail-getpw", &s->getpw_path);
	if (l->local_path != NULL && l->getpw_path != NULL)
		return 0;
	errno = ENOMEM;
	return err_sys(e, "find", "qmail-local and qmail-getpw");
}

static int
read_control(struct spawn_loop *loop, struct err *e)
{
	struct control control;
	int rc = control_open(&control, AT_FDCWD, e);

	if (rc == 0 && control_get_int(&control, "timeoutlocal",
	                   &loop->timeout_s, e) == CONTROL_FAILED)
		rc = -1;
	control_close(&control);
	return rc;
}

int
lspawn_setup_make(struct lspawn_setup *s, const char *default_delivery,
    char *const *envp, struct err *e)
{
	struct lspawn *l = &s->lspawn;

	*s = (struct lspawn_setup){.loop = {.family = &family, .arg = l},
	    .lspawn = {.default_delivery = default_delivery}};
	s->loop.mess_dir = -1;
	if (site_enter(&l->site, e) == -1 || find_programs(s, e) == -1 ||
	    read_control(&s->loop, e) == -1 ||
	    ids_find_user(&l->site, IDS_QMAILQ, &s->loop.message_owner, e) ==
	        -1)
		return -1;
	if (!l->site.one_user && lspawn_find_getpw_ids(l, e) == -1)
		l->getpw_known = false; /* each delivery tries again */
	if (lspawn_env_make(&s->env, &l->site, envp) == -1) {
		errno = ENOMEM;
		return err_sys(e, "make", "the environment");
	}
	l->envp = s->env.list;
	s->loop.mess_dir = file_open_dir(AT_FDCWD, "queue/mess", e);
	return s->loop.mess_dir == -1 ? -1 : 0;
}

void
lspawn_setup_free(struct lspawn_setup *s)
{
	lspawn_env_free(&s->env);
	str_free(&s->local_path);
	str_free(&s->getpw_path);
	fd_close(&s->loop.mess_dir);
}
