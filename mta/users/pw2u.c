/* SPDX-License-Identifier: ISC */
#include "mta/users/pw2u.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/ascii.h"
#include "base/file.h"
#include "base/in.h"
#include "base/num.h"
#include "qmail/constmap.h"
#include "qmail/control.h"
#include "qmail/ids.h"
#include "qmail/users.h"

enum {
	PW2U_LINE_MAX = 65536,
	PW2U_FILE_MAX = 64 * 1024 * 1024,
};

struct pw2u {
	const struct pw2u_options *options;
	struct out *out;
	struct err *e;
	struct constmap include, exclude, mailnames;
	bool has_include;
	struct str subusers; /* entries of the file */
	struct str users;    /* accepted so far: user:uid:gid:home */
	struct constmap user_map;
	struct str line, key;
	bool has_alias;
};

/* The fields of a passwd line that matter here. */
struct account {
	struct span user, uid, gid, home;
	uid_t number;
};

static int
no_memory(struct pw2u *p)
{
	errno = ENOMEM;
	return err_sys(p->e, "make", "users/assign");
}

static int
put_line(struct pw2u *p, const struct users_line *l)
{
	str_reset(&p->line);
	users_line_put(&p->line, l);
	if (!str_ok(&p->line))
		return no_memory(p);
	out_put(p->out, str_span(&p->line));
	return 0;
}

/* The two lines of one mail name: the name itself, and everything that begins
 * with it and the break character. pre: of a subuser, else NULL. */
static int
put_name(struct pw2u *p, struct span name, const struct account *a,
    const struct span *pre)
{
	struct users_line l = {.type = '=',
	    .key = name,
	    .field = {a->user, a->uid, a->gid, a->home}};
	struct span dash = span_cstr(p->options->dash);

	if (pre != NULL) {
		l.field[USERS_DASH] = dash;
		l.field[USERS_EXT] = *pre;
	}
	if (put_line(p, &l) == -1)
		return -1;
	if (p->options->no_extensions)
		return 0;
	str_reset(&p->key);
	str_put(&p->key, name);
	str_putc(&p->key, p->options->break_char);
	if (pre != NULL) {
		/* this dash belongs to the .qmail name, whatever the break */
		str_put(&p->key, *pre);
		str_putc(&p->key, '-');
	}
	if (!str_ok(&p->key))
		return no_memory(p);
	l.type = '+';
	l.key = span_first(str_span(&p->key), name.n + 1);
	l.field[USERS_DASH] = dash;
	l.field[USERS_EXT] = span_from(str_span(&p->key), name.n + 1);
	return put_line(p, &l);
}

static int
put_mail_names(struct pw2u *p, const struct account *a)
{
	struct span rest;

	if (!constmap_find(&p->mailnames, a->user, &rest))
		return put_name(p, a->user, a, NULL);
	while (rest.n > 0) {
		size_t colon = span_find(rest, ':', 0);
		struct span name = span_first(rest, colon);

		rest = span_from(rest, colon + 1);
		if (name.n > 0 && put_name(p, name, a, NULL) == -1)
			return -1;
	}
	return 0;
}

static int
put_alias(struct pw2u *p, const struct account *a)
{
	struct users_line l = {.type = '+',
	    .field = {a->user, a->uid, a->gid, a->home,
	        span_cstr(p->options->dash)}};

	p->has_alias = true;
	return put_line(p, &l);
}

/* user:password:uid:gid:name:home:shell */
static bool
parse_account(struct span line, struct account *a)
{
	struct span field[6];
	uint64_t uid, gid;

	for (size_t i = 0; i < 6; i++) {
		size_t colon = span_find(line, ':', 0);

		if (colon == line.n)
			return false;
		field[i] = span_first(line, colon);
		line = span_from(line, colon + 1);
	}
	if (field[0].n == 0 || !num_parse_u64(field[2], UINT32_MAX - 1, &uid) ||
	    !num_parse_u64(field[3], UINT32_MAX - 1, &gid))
		return false;
	*a = (struct account){.user = field[0],
	    .uid = field[2],
	    .gid = field[3],
	    .home = field[5],
	    .number = (uid_t)uid};
	return true;
}

static bool
has_upper(struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (ascii_is_upper(s.p[i]))
			return true;
	}
	return false;
}

/* 1 when the home is there and theirs, 0 to skip the user, -1 to stop. */
static int
check_home(struct pw2u *p, const struct account *a)
{
	struct stat st;
	const char *home;

	if (p->options->homes == PW2U_IGNORE)
		return 1;
	str_reset(&p->key);
	str_put(&p->key, a->home);
	home = str_cstr(&p->key);
	if (home == NULL)
		return no_memory(p);
	if (stat(home, &st) == 0)
		return st.st_uid == a->number;
	if (errno == ENOENT && p->options->homes == PW2U_SKIP)
		return 0;
	return err_sys(p->e, "examine home", home);
}

static int
remember(struct pw2u *p, const struct account *a)
{
	struct str *to = &p->users;

	str_put(to, a->user);
	str_putc(to, ':');
	str_put(to, a->uid);
	str_putc(to, ':');
	str_put(to, a->gid);
	str_putc(to, ':');
	str_put(to, a->home);
	str_putc(to, '\0');
	return str_ok(to) ? 0 : no_memory(p);
}

static int
do_account(struct pw2u *p, struct span line)
{
	struct account a;
	int keep;

	if (span_find(line, '\0', 0) != line.n || !parse_account(line, &a) ||
	    a.number == 0)
		return 0;
	if ((p->has_include && !constmap_has(&p->include, a.user)) ||
	    constmap_has(&p->exclude, a.user))
		return 0;
	if (!p->options->upper && has_upper(a.user))
		return 0;
	keep = check_home(p, &a);
	if (keep != 1)
		return keep;
	if (remember(p, &a) == -1)
		return -1;
	if (span_eq(a.user, span_cstr(ids_user_name(IDS_ALIAS))) &&
	    put_alias(p, &a) == -1)
		return -1;
	return put_mail_names(p, &a);
}

static int
do_accounts(struct pw2u *p, int fd)
{
	struct str line = {0};
	struct in in = {0};
	int rc = in_open(&in, fd);

	if (rc == -1)
		return no_memory(p);
	while (rc == 0) {
		enum in_status got;

		str_reset(&line);
		got = in_line(&in, PW2U_LINE_MAX, &line);
		if (got == IN_END)
			break;
		if (got == IN_ERROR) {
			rc = err_sys(p->e, "read", "the passwd lines");
		} else if (got == IN_LONG) {
			rc = err_set(p->e, ERR_LIMIT, "passwd line too long");
		} else {
			if (line.p[line.n - 1] == '\n')
				line.n--;
			rc = do_account(p, str_span(&line));
		}
	}
	in_close(&in);
	str_free(&line);
	return rc;
}

static struct span
take_field(struct span *rest)
{
	size_t colon = span_find(*rest, ':', 0);
	struct span field = span_first(*rest, colon);

	*rest = span_from(*rest, colon + 1);
	return field;
}

/* sub:user:pre: */
static int
do_subuser(struct pw2u *p, struct span entry)
{
	struct span sub, pre, rest = entry;
	struct account a;

	sub = take_field(&rest);
	a.user = take_field(&rest);
	if (span_find(rest, ':', 0) == rest.n)
		return 0; /* a line without its third colon does not count */
	pre = take_field(&rest);
	if (!constmap_find(&p->user_map, a.user, &rest))
		return err_set(p->e, ERR_FORMAT,
		    "users/subusers names the unknown user %.*s",
		    (int)(a.user.n > 64 ? 64 : a.user.n), a.user.p);
	a.uid = take_field(&rest);
	a.gid = take_field(&rest);
	a.home = rest;
	return put_name(p, sub, &a, &pre);
}

static int
do_subusers(struct pw2u *p)
{
	struct span rest = str_span(&p->subusers), entry;

	if (constmap_init(&p->user_map, &p->users, CONSTMAP_COLON,
	        &p->options->seed) == -1)
		return no_memory(p);
	while (span_take_nul(&rest, &entry)) {
		if (do_subuser(p, entry) == -1)
			return -1;
	}
	return 0;
}

static int
do_append(struct pw2u *p)
{
	struct str file = {0};
	int rc;

	rc = file_load(AT_FDCWD, "users/append", PW2U_FILE_MAX, &file, p->e);
	if (rc == 0)
		out_put(p->out, str_span(&file));
	else if (p->e->kind == ERR_SYS && p->e->sys == ENOENT)
		rc = 0;
	str_free(&file);
	return rc;
}

/* 1 with the entries, 0 when there is no such file, -1. */
static int
load_entries(struct pw2u *p, const char *name, struct str *entries)
{
	struct str file = {0};
	int rc = file_load(AT_FDCWD, name, PW2U_FILE_MAX, &file, p->e);

	if (rc == 0) {
		control_parse_list(str_span(&file), entries);
		rc = str_ok(entries) ? 1 : no_memory(p);
	} else if (p->e->kind == ERR_SYS && p->e->sys == ENOENT) {
		rc = 0;
	}
	str_free(&file);
	return rc;
}

static int
load_map(struct pw2u *p, const char *name, enum constmap_kind kind,
    struct constmap *map)
{
	struct str entries = {0};
	int rc = load_entries(p, name, &entries);

	if (rc == 1 &&
	    constmap_init(map, &entries, kind, &p->options->seed) == -1)
		rc = no_memory(p);
	str_free(&entries);
	return rc;
}

static int
load_lists(struct pw2u *p)
{
	int got = load_map(p, "users/include", CONSTMAP_PLAIN, &p->include);

	p->has_include = got == 1;
	if (got == -1 ||
	    load_map(p, "users/exclude", CONSTMAP_PLAIN, &p->exclude) == -1 ||
	    load_map(p, "users/mailnames", CONSTMAP_COLON, &p->mailnames) == -1)
		return -1;
	return load_entries(p, "users/subusers", &p->subusers) == -1 ? -1 : 0;
}

static int
do_all(struct pw2u *p, int fd)
{
	if (load_lists(p) == -1 || do_accounts(p, fd) == -1)
		return -1;
	/* a list that ends too early must not look like a short one: what is
	 * wrong with an account is told before anything is printed */
	if (out_flush(p->out) == -1)
		return err_sys(p->e, "write", "standard output");
	if (!p->has_alias)
		return err_set(p->e, ERR_FORMAT,
		    "there is no account %s in the input",
		    ids_user_name(IDS_ALIAS));
	if (do_subusers(p) == -1 || do_append(p) == -1)
		return -1;
	out_put(p->out, SPAN(".\n"));
	return 0;
}

int
pw2u_run(const struct pw2u_options *options, int fd, struct out *out,
    struct err *e)
{
	struct pw2u p = {.options = options, .out = out, .e = e};
	int rc = do_all(&p, fd);

	constmap_free(&p.include);
	constmap_free(&p.exclude);
	constmap_free(&p.mailnames);
	constmap_free(&p.user_map);
	str_free(&p.subusers);
	str_free(&p.users);
	str_free(&p.line);
	str_free(&p.key);
	return rc;
}
