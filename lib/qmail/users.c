/* SPDX-License-Identifier: ISC */
#include "qmail/users.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/ascii.h"
#include "base/fd.h"
#include "base/in.h"
#include "base/num.h"

enum { USERS_LINE_MAX = 65536 };

static void
put_field(struct str *out, struct span bytes)
{
	str_put(out, bytes);
	str_putc(out, '\0');
}

void
users_entry_put(struct str *out, const struct users_entry *u)
{
	put_field(out, u->user);
	str_put_u64(out, u->uid);
	str_putc(out, '\0');
	str_put_u64(out, u->gid);
	str_putc(out, '\0');
	put_field(out, u->home);
	put_field(out, u->dash);
	put_field(out, u->ext);
}

enum users_entry_status
users_entry_parse(struct span text, struct users_entry *u)
{
	struct span field[USERS_FIELDS];
	uint64_t uid, gid;

	for (size_t i = 0; i < USERS_FIELDS; i++) {
		if (!span_take_nul(&text, &field[i]))
			return USERS_ENTRY_SHORT;
	}
	/* (uid_t)-1 means "leave it" to the system calls */
	if (!num_parse_u64(field[USERS_UID], UINT32_MAX - 1, &uid) ||
	    !num_parse_u64(field[USERS_GID], UINT32_MAX - 1, &gid))
		return USERS_ENTRY_BAD_ID;
	*u = (struct users_entry){
	    .user = field[USERS_USER],
	    .uid = (uid_t)uid,
	    .gid = (gid_t)gid,
	    .home = field[USERS_HOME],
	    .dash = field[USERS_DASH],
	    .ext = field[USERS_EXT],
	};
	return USERS_ENTRY_OK;
}

static bool
take_colon(struct span *rest, struct span *field)
{
	size_t at = span_find(*rest, ':', 0);

	if (at == rest->n)
		return false;
	*field = span_first(*rest, at);
	*rest = span_from(*rest, at + 1);
	return true;
}

enum users_line_status
users_line_parse(struct span line, struct users_line *l)
{
	struct span rest = line, first;
	struct users_line got;

	if (line.n > 0 && line.p[0] == '.')
		return USERS_LINE_END;
	if (span_find(line, '\0', 0) != line.n || !take_colon(&rest, &first) ||
	    first.n == 0)
		return USERS_LINE_BAD;
	got.type = first.p[0];
	got.key = span_from(first, 1);
	for (size_t i = 0; i < USERS_FIELDS; i++) {
		if (!take_colon(&rest, &got.field[i]))
			return USERS_LINE_BAD;
	}
	*l = got;
	return USERS_LINE_OK;
}

void
users_line_put(struct str *out, const struct users_line *l)
{
	str_putc(out, l->type);
	str_put(out, l->key);
	str_putc(out, ':');
	for (size_t i = 0; i < USERS_FIELDS; i++) {
		str_put(out, l->field[i]);
		str_putc(out, ':');
	}
	str_putc(out, '\n');
}

static void
put_lower(struct str *out, struct span bytes)
{
	for (size_t i = 0; i < bytes.n; i++)
		str_putc(out, ascii_lower(bytes.p[i]));
}

void
users_record_put(const struct users_line *l, struct str *key, struct str *data)
{
	str_putc(key, '!');
	put_lower(key, l->key);
	if (l->type != '+')
		str_putc(key, '\0');
	for (size_t i = 0; i < USERS_FIELDS; i++) {
		if (i > 0)
			str_putc(data, '\0');
		str_put(data, l->field[i]);
	}
}

/* ---- compiling ------------------------------------------------------------
 */

struct compile {
	struct in in;
	struct cdb_file_make make;
	struct str line, key, data;
	struct str breaks; /* last bytes of the prefixes, each once */
	unsigned long number;
};

static int
no_memory(struct err *e)
{
	errno = ENOMEM;
	return err_sys(e, "read", "users/assign");
}

/* Lookups try only prefixes that end in one of these bytes. They are stored as
 * written, although lookups are in lower case: what other readers of the file
 * expect, and the reason why a prefix that ends in a capital never matches. */
static void
note_break(struct compile *c, struct span prefix)
{
	char last;

	if (prefix.n == 0)
		return;
	last = prefix.p[prefix.n - 1];
	if (span_find(str_span(&c->breaks), last, 0) == c->breaks.n)
		str_putc(&c->breaks, last);
}

static int
add_line(struct compile *c, const struct users_line *l, struct err *e)
{
	str_reset(&c->key);
	str_reset(&c->data);
	users_record_put(l, &c->key, &c->data);
	if (l->type == '+')
		note_break(c, l->key);
	if (!str_ok(&c->key) || !str_ok(&c->data) || !str_ok(&c->breaks))
		return no_memory(e);
	cdb_file_add(&c->make, str_span(&c->key), str_span(&c->data));
	return 0;
}

static int
read_line(struct compile *c, struct err *e)
{
	str_reset(&c->line);
	c->number++;
	switch (in_line(&c->in, USERS_LINE_MAX, &c->line)) {
	case IN_OK:
		break;
	case IN_END:
		return err_set(e, ERR_FORMAT,
		    "users/assign lacks the final line with a dot");
	case IN_ERROR:
		return err_sys(e, "read", "users/assign");
	case IN_LONG:
		return err_set(e, ERR_LIMIT, "users/assign:%lu: line too long",
		    c->number);
	}
	if (c->line.p[c->line.n - 1] == '\n')
		c->line.n--;
	return 0;
}

static int
add_all(struct compile *c, struct err *e)
{
	struct users_line l;

	for (;;) {
		if (read_line(c, e) == -1)
			return -1;
		switch (users_line_parse(str_span(&c->line), &l)) {
		case USERS_LINE_OK:
			if (add_line(c, &l, e) == -1)
				return -1;
			break;
		case USERS_LINE_BAD:
			return err_set(e, ERR_FORMAT,
			    "users/assign:%lu: not of the form "
			    "=local:user:uid:gid:home:dash:ext:",
			    c->number);
		case USERS_LINE_END:
			cdb_file_add(&c->make, SPAN(""), str_span(&c->breaks));
			return 0;
		}
	}
}

static int
compile_from(struct compile *c, int home, struct err *e)
{
	if (cdb_file_create(&c->make, home, "users/cdb", "users/cdb.tmp", e) ==
	    -1)
		return -1;
	if (add_all(c, e) == -1) {
		cdb_file_abandon(&c->make);
		return -1;
	}
	return cdb_file_commit(&c->make, 0644, e);
}

int
users_compile(int home, struct err *e)
{
	struct compile c = {0};
	int fd, rc;

	fd = openat(home, "users/assign", O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return err_sys(e, "open", "users/assign");
	rc = in_open(&c.in, fd);
	if (rc == -1)
		no_memory(e);
	else
		rc = compile_from(&c, home, e);
	in_close(&c.in);
	fd_close(&fd);
	str_free(&c.line);
	str_free(&c.key);
	str_free(&c.data);
	str_free(&c.breaks);
	return rc;
}

/* ---- looking up -----------------------------------------------------------
 */

static enum users_status
failed(enum cdb_file_status status, struct err *e)
{
	if (status == CDB_FILE_ABSENT)
		err_set(e, ERR_FORMAT,
		    "users/cdb lacks its list of break characters");
	return USERS_FAILED;
}

/* key is "!", the local part in lower case, NUL. *used tells how many bytes of
 * the local part the record covers. */
static enum users_status
find_record(struct cdb_file *c, struct span key, struct span *data,
    size_t *used, struct err *e)
{
	enum cdb_file_status got;
	struct span breaks;

	got = cdb_file_find(c, SPAN(""), &breaks, e);
	if (got != CDB_FILE_FOUND)
		return failed(got, e);
	for (size_t n = key.n; n > 0; n--) {
		bool whole = n == key.n, catch_all = n == 1;

		if (!whole && !catch_all &&
		    span_find(breaks, key.p[n - 1], 0) == breaks.n)
			continue;
		got = cdb_file_find(c, span_first(key, n), data, e);
		if (got == CDB_FILE_FAILED)
			return USERS_FAILED;
		if (got == CDB_FILE_ABSENT)
			continue;
		*used = whole ? n - 2 : n - 1;
		return USERS_FOUND;
	}
	return USERS_ABSENT;
}

enum users_status
users_find_in(struct cdb_file *c, struct span local, struct str *text,
    struct err *e)
{
	enum users_status status = USERS_FAILED;
	struct str key = {0};
	struct span data = {0};
	size_t used = 0;

	str_putc(&key, '!');
	put_lower(&key, local);
	str_putc(&key, '\0');
	if (str_ok(&key))
		status = find_record(c, str_span(&key), &data, &used, e);
	if (status == USERS_FOUND) {
		str_put(text, data);
		put_field(text, span_from(local, used));
	}
	if (!str_ok(&key) || !str_ok(text)) {
		errno = ENOMEM;
		err_sys(e, "search", "users/cdb");
		status = USERS_FAILED;
	}
	str_free(&key);
	return status;
}

enum users_status
users_find(int home, struct span local, struct str *text, struct err *e)
{
	enum users_status status;
	struct cdb_file c;
	struct err local_err;

	if (e == NULL)
		e = &local_err;
	if (cdb_file_open(&c, home, "users/cdb", e) == -1)
		return e->kind == ERR_SYS && e->sys == ENOENT ? USERS_ABSENT
		                                              : USERS_FAILED;
	status = users_find_in(&c, local, text, e);
	cdb_file_close(&c);
	return status;
}
