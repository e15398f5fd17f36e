/* SPDX-License-Identifier: ISC */
#include "qmail/control.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>

#include "base/ascii.h"
#include "base/file.h"
#include "base/num.h"
#include "qmail/control_schema.h"

enum {
	CONTROL_FILE_MAX =
	    256 * 1024 * 1024, /* a list of millions of domains */
	CONTROL_PATH_MAX = 128,
};

static struct span
strip_line(struct span line)
{
	line = ascii_trim_end(line);
	if (line.n > 0 && line.p[line.n - 1] == '\r') {
		line.n--;
		line = ascii_trim_end(line);
	}
	return line;
}

struct span
control_parse_line(struct span file)
{
	struct span line = {0};

	if (!span_take_line(&file, &line))
		return (struct span){0};
	return strip_line(line);
}

bool
control_parse_int(struct span file, uint32_t *value)
{
	struct span line = control_parse_line(file);
	uint64_t number;

	if (!num_take_u64(&line, INT32_MAX, &number))
		return false;
	*value = (uint32_t)number;
	return true;
}

void
control_parse_list(struct span file, struct str *entries)
{
	struct span line;

	while (span_take_line(&file, &line)) {
		line = strip_line(line);
		if (line.n == 0 || line.p[0] == '\0' || line.p[0] == '#')
			continue;
		str_put(entries, line);
		str_putc(entries, '\0');
	}
}

static enum control_status
load(const struct control *c, const char *name, struct str *file, struct err *e)
{
	char path[CONTROL_PATH_MAX];
	struct err local;
	int n;

	if (e == NULL)
		e = &local;
	n = snprintf(path, sizeof(path), "control/%s", name);
	if (n < 0 || (size_t)n >= sizeof(path)) {
		err_set(e, ERR_LIMIT, "control file name too long: %s", name);
		return CONTROL_FAILED;
	}
	if (file_load(c->home, path, CONTROL_FILE_MAX, file, e) == 0)
		return CONTROL_FOUND;
	return e->kind == ERR_SYS && e->sys == ENOENT ? CONTROL_ABSENT
	                                              : CONTROL_FAILED;
}

int
control_open(struct control *c, int home, struct err *e)
{
	struct str file = {0};
	enum control_status status;

	*c = (struct control){.home = home};
	status = load(c, "me", &file, e);
	if (status == CONTROL_FOUND) {
		str_put(&c->me, control_parse_line(str_span(&file)));
		c->has_me = true;
	}
	str_free(&file);
	if (!str_ok(&c->me)) {
		errno = ENOMEM;
		return err_sys(e, "read", "control/me");
	}
	return status == CONTROL_FAILED ? -1 : 0;
}

void
control_close(struct control *c)
{
	str_free(&c->me);
	*c = (struct control){0};
}

static const struct control_row *
row_of(const char *name)
{
	const struct control_row *row = control_schema_find(span_cstr(name));

	assert(row != NULL);
	return row;
}

static enum control_status
put_default(const struct control *c, const struct control_row *row,
    struct str *out)
{
	switch (row->fallback) {
	case CONTROL_OR_NOTHING:
		return CONTROL_ABSENT;
	case CONTROL_OR_LITERAL:
		str_put_cstr(out, row->literal);
		return CONTROL_DEFAULT;
	case CONTROL_OR_ME:
	case CONTROL_OR_ME_OR_NAME:
		break;
	}
	if (c->has_me) {
		str_put(out, str_span(&c->me));
		return CONTROL_DEFAULT;
	}
	if (row->fallback == CONTROL_OR_ME)
		return CONTROL_ABSENT;
	str_put_cstr(out, row->name);
	return CONTROL_DEFAULT;
}

static enum control_status
checked(enum control_status status, const struct str *out, const char *name,
    struct err *e)
{
	if (str_ok(out))
		return status;
	errno = ENOMEM;
	err_sys(e, "read control file", name);
	return CONTROL_FAILED;
}

enum control_status
control_get_line(const struct control *c, const char *name, struct str *out,
    struct err *e)
{
	struct str file = {0};
	enum control_status status = load(c, name, &file, e);

	if (status == CONTROL_FOUND)
		str_put(out, control_parse_line(str_span(&file)));
	else if (status == CONTROL_ABSENT)
		status = put_default(c, row_of(name), out);
	str_free(&file);
	return checked(status, out, name, e);
}

enum control_status
control_get_int(const struct control *c, const char *name, uint32_t *out,
    struct err *e)
{
	const struct control_row *row = row_of(name);
	struct str file = {0};
	enum control_status status = load(c, name, &file, e);

	if (status == CONTROL_FOUND && !control_parse_int(str_span(&file), out))
		status = CONTROL_ABSENT;
	str_free(&file);
	if (status == CONTROL_ABSENT && row->fallback == CONTROL_OR_LITERAL &&
	    control_parse_int(span_cstr(row->literal), out))
		status = CONTROL_DEFAULT;
	return status;
}

enum control_status
control_get_list(const struct control *c, const char *name, struct str *entries,
    struct err *e)
{
	struct str file = {0};
	enum control_status status = load(c, name, &file, e);

	if (status == CONTROL_FOUND) {
		control_parse_list(str_span(&file), entries);
	} else if (status == CONTROL_ABSENT) {
		status = put_default(c, row_of(name), entries);
		if (status == CONTROL_DEFAULT)
			str_putc(entries, '\0');
	}
	str_free(&file);
	return checked(status, entries, name, e);
}

enum control_status
control_get_text(const struct control *c, const char *name, struct str *out,
    struct err *e)
{
	enum control_status status = load(c, name, out, e);

	if (status == CONTROL_ABSENT)
		status = put_default(c, row_of(name), out);
	return checked(status, out, name, e);
}
