/* SPDX-License-Identifier: ISC */
#include "mta/admin/showctl.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/dir.h"
#include "base/fd.h"
#include "base/file.h"
#include "mta/admin/showctl_put.h"
#include "qmail/queue_survey.h"

/* A database of relays comes behind the list it extends. */
static const char before_more[] = "rcpthosts";

static bool
is_more(const struct control_row *row)
{
	return strncmp(row->name, "morercpthosts", 13) == 0;
}

static void
show_row(struct showctl_put *p, const struct control *c, struct showctl_file *f,
    const struct control_row *row)
{
	showctl_file_load(f, c, row);
	showctl_put_file(p, f);
}

static void
show_files(struct showctl_put *p, const struct control *c)
{
	struct showctl_file f = {0};

	for (size_t i = 0; i < control_schema_rows; i++) {
		const struct control_row *row = &control_schema[i];

		if (is_more(row))
			continue;
		show_row(p, c, &f, row);
		if (strcmp(row->name, before_more) != 0)
			continue;
		for (size_t k = 0; k < control_schema_rows; k++) {
			if (is_more(&control_schema[k]))
				show_row(p, c, &f, &control_schema[k]);
		}
	}
	showctl_file_free(&f);
}

/* ---- files nobody reads -------------------------------------------------- */

static int
compare_names(const void *a, const void *b)
{
	const char *const *x = a, *const *y = b;

	return strcmp(*x, *y);
}

static void
show_unknown(struct showctl_put *p, struct dir *d)
{
	struct dir_entry entry;
	char **names = NULL;
	size_t n = 0, cap = 0;

	while (dir_next(d, &entry) == 1) {
		if (entry.name.p[0] == '.' ||
		    control_schema_find(entry.name) != NULL ||
		    !array_grow(&names, &cap, n + 1, sizeof(names[0])))
			continue;
		names[n] = strdup(entry.name.p);
		if (names[n] != NULL)
			n++;
	}
	if (n > 0)
		qsort(names, n, sizeof(names[0]), compare_names);
	for (size_t i = 0; i < n; i++) {
		showctl_put_unknown(p, names[i]);
		free(names[i]);
	}
	free(names);
}

/* ---- the whole ----------------------------------------------------------- */

/* What the programs were built with, what the queue says, who is who. */
static void
show_build(struct showctl_put *p, const struct site *site)
{
	struct queue_survey survey;
	struct err e;
	int queue = file_open_dir(AT_FDCWD, "queue", &e);

	if (queue != -1 && queue_survey_load(&survey, queue, &e) == 0)
		showctl_put_build(p, site, survey.layout.split, NULL);
	else
		showctl_put_build(p, site, 0, &e);
	fd_close(&queue);
}

int
showctl_report(const struct site *site, bool json, struct out *out,
    struct err *e)
{
	struct showctl_put put = {.out = out, .is_json = json};
	struct control control;
	struct dir d = {.fd = -1};

	if (dir_open(&d, AT_FDCWD, "control", e) == -1 ||
	    control_open(&control, AT_FDCWD, e) == -1) {
		dir_free(&d);
		return -1;
	}
	showctl_put_begin(&put);
	show_build(&put, site);
	show_files(&put, &control);
	show_unknown(&put, &d);
	showctl_put_end(&put);
	control_close(&control);
	dir_free(&d);
	return 0;
}
