/* SPDX-License-Identifier: ISC */
#include "mta/admin/showctl_text.h"

#include <string.h>

#include "qmail/config.h"
#include "qmail/ids.h"
#include "qmail/spawn_msg.h"

const enum ids_user showctl_users[IDS_USERS] = {IDS_ALIAS, IDS_QMAILD,
    IDS_QMAILL, IDS_ROOT, IDS_QMAILP, IDS_QMAILQ, IDS_QMAILR, IDS_QMAILS};

/* Every byte outside 32..126 becomes '?'. */
static void
put_plain(struct str *out, struct span bytes)
{
	for (size_t i = 0; i < bytes.n; i++) {
		char c = bytes.p[i];

		str_putc(out, c >= ' ' && c <= '~' ? c : '?');
	}
}

static void
put_number(struct str *out, const char *name, uint64_t number)
{
	str_put_cstr(out, name);
	str_put_cstr(out, ": ");
	str_put_u64(out, number);
	str_put_cstr(out, ".\n");
}

static void
put_id(struct str *out, size_t i, bool known, uint64_t number)
{
	if (i > 0)
		str_put_cstr(out, ", ");
	if (known)
		str_put_u64(out, number);
	else
		str_putc(out, '?');
}

void
showctl_text_build(struct str *out, const struct site *site, uint64_t split,
    const struct err *e)
{
	str_put_cstr(out, "qmail home directory: ");
	put_plain(out, span_cstr(site->home));
	str_put_cstr(out, ".\nuser-ext delimiter: ");
	str_putc(out, config_break);
	str_put_cstr(out, ".\n");
	put_number(out, "paternalism (in decimal)", config_patrn);
	put_number(out, "silent concurrency limit", SPAWN_WIDE_MAX);
	if (split > 0) {
		put_number(out, "subdirectory split", split);
	} else {
		str_put_cstr(out, "subdirectory split: Oops! ");
		put_plain(out, span_cstr(e->text));
		str_putc(out, '\n');
	}
	str_put_cstr(out, "user ids: ");
	for (size_t i = 0; i < IDS_USERS; i++) {
		uid_t uid = 0;
		int rc = ids_find_user(site, showctl_users[i], &uid, NULL);

		put_id(out, i, rc == 0, uid);
	}
	str_put_cstr(out, ".\ngroup ids: ");
	for (enum ids_group group = IDS_NOFILES; group < IDS_GROUPS; group++) {
		gid_t gid = 0;
		int rc = ids_find_group(site, group, &gid, NULL);

		put_id(out, group, rc == 0, gid);
	}
	str_put_cstr(out, ".\n");
}

/* What it means that a file with no default is not there, where that is not
 * simply "none of these". */
static const char *
absent_text(const struct control_row *row)
{
	if (strcmp(row->name, "rcpthosts") == 0)
		return "absent: mail to every domain is accepted (open relay)";
	return "none";
}

static void
put_lines(struct str *out, struct span rest, char end)
{
	while (rest.n > 0) {
		size_t at = span_find(rest, end, 0);

		put_plain(out, span_first(rest, at));
		str_putc(out, '\n');
		rest = span_from(rest, at + 1);
	}
}

static void
put_value(struct str *out, const struct showctl_file *f)
{
	switch (f->row->kind) {
	case CONTROL_LINE:
		put_plain(out, str_span(&f->value));
		str_putc(out, '\n');
		break;
	case CONTROL_INT:
		str_put_u64(out, f->number);
		str_putc(out, '\n');
		break;
	case CONTROL_LIST:
	case CONTROL_MAP:
		str_put_cstr(out, f->value.n == 0 ? "present, without entries"
		                                  : f->row->meaning);
		str_putc(out, '\n');
		put_lines(out, str_span(&f->value), '\0');
		break;
	case CONTROL_TEXT:
		str_put_cstr(out, f->row->meaning);
		str_putc(out, '\n');
		put_lines(out, str_span(&f->value), '\n');
		break;
	case CONTROL_CDB:
		str_put_cstr(out, "present\n");
		break;
	}
}

void
showctl_text_file(struct str *out, const struct showctl_file *f)
{
	str_putc(out, '\n');
	str_put_cstr(out, f->row->name);
	str_put_cstr(out, ": ");
	if (f->status == CONTROL_ABSENT || f->status == CONTROL_DEFAULT)
		str_put_cstr(out, "(Default.) ");
	if (f->problem[0] != '\0') {
		str_put_cstr(out, "Oops! ");
		put_plain(out, span_cstr(f->problem));
		str_putc(out, '\n');
		if (f->status != CONTROL_DEFAULT || f->row->kind != CONTROL_INT)
			return;
	}
	if (f->status == CONTROL_ABSENT) {
		str_put_cstr(out, absent_text(f->row));
		str_putc(out, '\n');
	} else {
		put_value(out, f);
	}
}

void
showctl_text_unknown(struct str *out, const char *name)
{
	str_putc(out, '\n');
	put_plain(out, span_cstr(name));
	str_put_cstr(out, ": no program of this suite reads such a file\n");
}
