/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/ascii.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/span.h"
#include "base/str.h"
#include "mta/start/ctl.h"
#include "mta/start/tree.h"
#include "prog/die.h"
#include "qmail/control_schema.h"
#include "qmail/ids.h"
#include "qmail/queue_path.h"

enum { FILE_MODE = 0644, HOME_MODE = 0755 };

/* mail.example.test -> example.test -> example.test: the name without its first
 * label while two labels remain. */
static struct span
parent_domain(struct span host)
{
	size_t dot = span_find(host, '.', 0);
	struct span parent = span_from(host, dot + 1);

	return span_find(parent, '.', 0) < parent.n ? parent : host;
}

static int
save_line(const struct ctl *c, const char *name, struct span value,
    struct err *e)
{
	struct str text = {0};
	int rc = -1;

	str_put(&text, value);
	str_putc(&text, '\n');
	if (str_ok(&text))
		rc = file_replace(c->home, name, str_span(&text), FILE_MODE, e);
	else
		err_sys(e, "write", name);
	str_free(&text);
	return rc;
}

/* me comes last: it says that the instance is complete. */
static int
make_control(const struct ctl *c, struct span host, struct err *e)
{
	struct span domain = parent_domain(host);

	if (save_line(c, "control/defaultdomain", domain, e) == -1 ||
	    save_line(c, "control/plusdomain", parent_domain(domain), e) ==
	        -1 ||
	    save_line(c, "control/locals", host, e) == -1 ||
	    save_line(c, "control/rcpthosts", host, e) == -1)
		return -1;
	return save_line(c, "control/me", host, e);
}

/* Whose the files below alias/ are. */
static int
find_alias(const struct ctl *c, uid_t *uid, gid_t *gid, struct err *e)
{
	if (ids_find_user(&c->site, IDS_ALIAS, uid, e) == -1)
		return -1;
	return ids_find_group(&c->site, IDS_QMAIL, gid, e);
}

static int
make_alias_dir(const struct ctl *c, const char *path, struct err *e)
{
	uid_t uid;
	gid_t gid;

	if (mkdirat(c->home, path, 0700) == -1)
		return errno == EEXIST ? 0 : err_sys(e, "create", path);
	if (c->site.one_user)
		return 0;
	if (find_alias(c, &uid, &gid, e) == -1)
		return -1;
	if (fchownat(c->home, path, uid, gid, AT_SYMLINK_NOFOLLOW) == -1)
		return err_sys(e, "set owner of", path);
	return 0;
}

/* One Maildir takes what must be readable on every host until an administrator
 * names a person. */
static int
make_aliases(const struct ctl *c, struct err *e)
{
	static const char *const dirs[] = {"alias/Maildir", "alias/Maildir/tmp",
	    "alias/Maildir/new", "alias/Maildir/cur"};
	static const char *const files[] = {"alias/.qmail-postmaster",
	    "alias/.qmail-mailer-daemon", "alias/.qmail-root",
	    "alias/.qmail-abuse"};
	int rc = 0;

	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]) && rc == 0; i++)
		rc = make_alias_dir(c, dirs[i], e);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]) && rc == 0;
	     i++) {
		if (faccessat(c->home, files[i], F_OK, 0) == -1)
			rc = save_line(c, files[i], SPAN("./Maildir/"), e);
	}
	return rc;
}

/* A missing home is made, and belongs to whoever calls. */
static int
enter_home(struct ctl *c, struct err *e)
{
	const char *home = getenv("QMAILHOME");

	if (home == NULL || home[0] == '\0')
		home = site_compiled_home();
	if (mkdir(home, HOME_MODE) == -1 && errno != EEXIST)
		return err_sys(e, "create", home);
	return ctl_enter(c, CTL_RULE, e);
}

static int
take_layout(const struct ctl *c, struct tree *t, struct err *e)
{
	t->split = options_number(c->options, CTL_SPLIT, QUEUE_SPLIT_DEFAULT);
	t->split_todo = options_has(c->options, CTL_BIGTODO);
	if (t->split >= 1 && t->split <= QUEUE_SPLIT_MAX)
		return 0;
	return err_set(e, ERR_LIMIT, "a split is a number from 1 to %d",
	    (int)QUEUE_SPLIT_MAX);
}

static int
refuse_second(const struct ctl *c, struct err *e)
{
	if (faccessat(c->home, "control/me", F_OK, AT_SYMLINK_NOFOLLOW) == 0)
		return err_set(e, ERR_LIMIT,
		    "%s is an instance already: control/me is there",
		    c->site.home);
	if (tree_has_mail(c->home))
		return err_set(e, ERR_LIMIT, "there is mail in %s/queue",
		    c->site.home);
	return 0;
}

/* users/ids is kept when it is there: adduser renews it. */
static int
make_ids(const struct ctl *c, struct err *e)
{
	if (c->site.one_user ||
	    faccessat(c->home, "users/ids", F_OK, AT_SYMLINK_NOFOLLOW) == 0)
		return 0;
	return ctl_save_ids(c, e);
}

static int
take_host(const char *argument, struct str *host, struct err *e)
{
	const struct control_row *me = control_schema_find(SPAN("me"));

	for (const char *p = argument; *p != '\0'; p++)
		str_putc(host, ascii_lower(*p));
	if (str_ok(host) && me->is_valid(str_span(host)))
		return 0;
	return err_set(e, ERR_FORMAT, "%s is not a host name", argument);
}

static int
make_instance(struct ctl *c, struct span host, struct err *e)
{
	struct tree t = {.site = &c->site};

	if (take_layout(c, &t, e) == -1 || enter_home(c, e) == -1 ||
	    refuse_second(c, e) == -1)
		return -1;
	t.home = c->home;
	if (tree_make(&t, e) == -1 || make_ids(c, e) == -1 ||
	    make_aliases(c, e) == -1)
		return -1;
	return make_control(c, host, e);
}

int
ctl_init(struct ctl *c, struct err *e)
{
	struct str host = {0};
	int rc = -1;

	if (c->options->operands != 2)
		die_usage("init HOST [--split N] [--bigtodo]");
	if (take_host(c->options->operand[1], &host, e) == 0)
		rc = make_instance(c, str_span(&host), e);
	if (rc == 0)
		ctl_say("%s serves %s now", c->site.home, str_cstr(&host));
	str_free(&host);
	return rc;
}
