/* SPDX-License-Identifier: ISC */
#include "mta/admin/showctl_file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { PATH_BYTES = 128 };

static void
set_problem(struct showctl_file *f, const char *text)
{
	(void)snprintf(f->problem, sizeof(f->problem), "%s", text);
}

/* -1 with errno when there is no such file. */
static int
find_file(const struct control *c, const char *name, size_t n, struct stat *st)
{
	char path[PATH_BYTES];

	(void)snprintf(path, sizeof(path), "control/%.*s", (int)n, name);
	return fstatat(c->home, path, st, 0);
}

/* A number that is not there makes readers take the default without a word. */
static void
load_int(struct showctl_file *f, const struct control *c, struct err *e)
{
	struct stat st;

	f->status = control_get_int(c, f->row->name, &f->number, e);
	if (f->status != CONTROL_FOUND && f->status != CONTROL_FAILED &&
	    find_file(c, f->row->name, strlen(f->row->name), &st) == 0)
		set_problem(f, "the file does not begin with a number");
}

static bool
is_newer(const struct stat *a, const struct stat *b)
{
	if (a->st_mtim.tv_sec != b->st_mtim.tv_sec)
		return a->st_mtim.tv_sec > b->st_mtim.tv_sec;
	return a->st_mtim.tv_nsec > b->st_mtim.tv_nsec;
}

/* Compares a database with the file it is made from. */
static void
load_cdb(struct showctl_file *f, const struct control *c, struct err *e)
{
	const char *name = f->row->name;
	size_t n = strlen(name), source_n = n - strlen(".cdb");
	struct stat cdb, source;
	bool has_cdb = find_file(c, name, n, &cdb) == 0;
	bool has_source;

	if (!has_cdb && errno != ENOENT) {
		f->status = CONTROL_FAILED;
		err_sys(e, "examine", name);
		return;
	}
	f->status = has_cdb ? CONTROL_FOUND : CONTROL_ABSENT;
	has_source = find_file(c, name, source_n, &source) == 0;
	if (has_source && !has_cdb)
		(void)snprintf(f->problem, sizeof(f->problem),
		    "%.*s has no effect until %s is made from it",
		    (int)source_n, name, name);
	else if (has_cdb && !has_source)
		(void)snprintf(f->problem, sizeof(f->problem),
		    "%s is in effect, but %.*s is missing", name, (int)source_n,
		    name);
	else if (has_cdb && is_newer(&source, &cdb))
		(void)snprintf(f->problem, sizeof(f->problem),
		    "%s is older than %.*s", name, (int)source_n, name);
}

void
showctl_file_load(struct showctl_file *f, const struct control *c,
    const struct control_row *row)
{
	struct err e = {0};

	f->row = row;
	f->number = 0;
	f->problem[0] = '\0';
	str_reset(&f->value);
	switch (row->kind) {
	case CONTROL_LINE:
		f->status = control_get_line(c, row->name, &f->value, &e);
		break;
	case CONTROL_INT:
		load_int(f, c, &e);
		break;
	case CONTROL_LIST:
	case CONTROL_MAP:
		f->status = control_get_list(c, row->name, &f->value, &e);
		break;
	case CONTROL_TEXT:
		f->status = control_get_text(c, row->name, &f->value, &e);
		break;
	case CONTROL_CDB:
		load_cdb(f, c, &e);
		break;
	}
	if (f->status == CONTROL_FAILED)
		set_problem(f, e.text);
}

void
showctl_file_free(struct showctl_file *f)
{
	str_free(&f->value);
	*f = (struct showctl_file){0};
}
