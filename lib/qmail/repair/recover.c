/* SPDX-License-Identifier: ISC */
#include "qmail/repair/recover.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/dir.h"
#include "base/fd.h"
#include "qmail/repair/journal.h"
#include "qmail/repair/pinned.h"
#include "qmail/repair/run.h"
#include "qmail/repair/step.h"

#define JOURNAL_PATH RUN_AREA "/journal"

/* ---- the list of runs ---------------------------------------------------- */

static int
by_name(const void *a, const void *b)
{
	const char *const *x = a, *const *y = b;

	return strcmp(*x, *y);
}

static int
sort_names(struct str *names, struct err *e)
{
	struct str sorted = {0};
	const char **name = NULL;
	size_t n = 0, cap = 0;
	struct span rest = str_span(names), item;
	int rc = -1;

	while (span_take_nul(&rest, &item)) {
		if (!array_grow(&name, &cap, n + 1, sizeof(name[0])))
			goto out;
		name[n++] = item.p;
	}
	if (n > 0)
		qsort(name, n, sizeof(name[0]), by_name);
	for (size_t i = 0; i < n; i++) {
		str_put_cstr(&sorted, name[i]);
		str_putc(&sorted, '\0');
	}
	rc = str_ok(&sorted) ? 0 : -1;
out:
	free(name);
	str_free(names);
	*names = sorted;
	return rc == 0 ? 0 : err_set(e, ERR_SYS, "out of memory");
}

/* The folder, without following links; -1 with errno. */
static int
open_journals(struct pinned *p, struct err *e)
{
	const char *name;

	return pinned_dir_of(p, SPAN(JOURNAL_PATH "/x"), false, &name, e);
}

static int
list_names(int dir_fd, struct str *names, struct err *e)
{
	struct dir d = {.fd = -1};
	struct dir_entry entry;
	int rc;

	if (dir_open(&d, dir_fd, ".", e) == -1) {
		dir_free(&d);
		return -1;
	}
	while ((rc = dir_next(&d, &entry)) == 1) {
		if (entry.name.n >= RUN_NAME_MAX)
			continue;
		str_put(names, entry.name);
		str_putc(names, '\0');
	}
	if (rc == -1)
		err_sys(e, "read directory", JOURNAL_PATH);
	dir_free(&d);
	return rc;
}

int
recover_list_runs(int queue_dir, struct str *names, struct err *e)
{
	struct pinned p;
	struct err why;
	int dir, rc = 0;

	pinned_init(&p, queue_dir);
	dir = open_journals(&p, &why);
	if (dir != -1)
		rc = list_names(dir, names, e);
	else if (why.sys != ENOENT)
		rc = err_set(e, why.kind, "%s", why.text);
	pinned_free(&p);
	return rc == -1 ? -1 : sort_names(names, e);
}

bool
recover_is_needed(int queue_dir)
{
	struct str names = {0};
	struct span rest, name = {0};
	struct pinned p;
	bool needed = false;

	if (recover_list_runs(queue_dir, &names, NULL) == -1) {
		str_free(&names);
		return false;
	}
	pinned_init(&p, queue_dir);
	rest = str_span(&names);
	while (!needed && span_take_nul(&rest, &name)) {
		struct journal_file f;

		if (journal_load(&f, open_journals(&p, NULL), name.p, NULL) ==
		    -1)
			continue;
		needed = !journal_is_complete(&f);
		journal_file_free(&f);
	}
	pinned_free(&p);
	str_free(&names);
	return needed;
}

/* ---- one run ------------------------------------------------------------- */

/* What became of a group stands behind it, before the next batch. */
static bool
is_settled(const struct journal_file *f, size_t head)
{
	for (size_t i = head + 1; i < f->n; i++) {
		const struct journal_record *r = &f->record[i];

		if (r->group == f->record[head].group &&
		    r->kind != JOURNAL_GROUP)
			return true;
	}
	return false;
}

static bool
finish(struct pinned *p, const struct journal_record *step, size_t from,
    size_t n)
{
	const char *why;

	if (!run_is_possible(p, step + from, n - from, &why))
		return false;
	for (size_t i = from; i < n; i++) {
		if (step_run(p, &step[i], NULL) == -1 ||
		    pinned_forget(p, NULL) == -1)
			return false;
	}
	return true;
}

/* Decides about one group and notes it. */
static void
settle(struct pinned *p, struct journal *j, const struct journal_record *head,
    const struct journal_record *step, struct recover_count *count)
{
	struct journal_record record = {.kind = JOURNAL_SKIP,
	    .group = head->group,
	    .text = SPAN("not begun")};
	struct str text = {0};
	size_t n = (size_t)head->n, at;
	bool begun;

	at = run_progress(p, step, n, &begun);
	if (!begun) {
		count->untouched++;
	} else if (finish(p, step, at, n)) {
		count->finished++;
		record = run_done_record(p, step, n, head->group, &text);
	} else {
		at = run_progress(p, step, n, &begun);
		record.kind = JOURNAL_BACK;
		record.text = SPAN("could not be finished");
		if (run_back(p, step, at == 0 ? n : at))
			count->taken_back++;
		else
			count->stuck++;
	}
	journal_add(j, &record);
	str_free(&text);
}

/* The steps behind a head; fewer than announced: nothing was begun. */
static bool
has_all_steps(const struct journal_file *f, size_t head)
{
	uint64_t n = f->record[head].n;

	if (n > f->n - head - 1)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!journal_is_step(f->record[head + 1 + i].kind))
			return false;
	}
	return true;
}

static int
recover_run(struct pinned *p, int dir, const char *name,
    const struct journal_file *f, struct recover_count *count, struct err *e)
{
	const struct journal_record end = {.kind = JOURNAL_END};
	struct journal j;
	int rc = -1;

	if (journal_reopen(&j, dir, name, f, e) == -1)
		return -1;
	for (size_t i = 0; i < f->n; i++) {
		const struct journal_record *r = &f->record[i];

		if (r->kind == JOURNAL_GROUP && has_all_steps(f, i) &&
		    !is_settled(f, i))
			settle(p, &j, r, r + 1, count);
	}
	if (pinned_sync(p, e) == 0) {
		journal_add(&j, &end);
		rc = journal_flush(&j, true, e);
	}
	journal_close(&j);
	count->runs++;
	return rc;
}

/* The directory is asked for each time: settling forgets what was open. */
static int
recover_named(struct pinned *p, const char *name, struct recover_count *count,
    struct err *e)
{
	struct journal_file f;
	int dir = open_journals(p, e), rc = 0;

	if (dir == -1 || journal_load(&f, dir, name, e) == -1)
		return -1;
	if (!journal_is_complete(&f)) {
		dir = open_journals(p, e);
		rc = dir == -1 ? -1 : recover_run(p, dir, name, &f, count, e);
	}
	journal_file_free(&f);
	return rc;
}

int
recover_all(int queue_dir, struct recover_count *count, struct err *e)
{
	struct str names = {0};
	struct span rest, name = {0};
	struct pinned p;
	int rc;

	*count = (struct recover_count){0};
	rc = recover_list_runs(queue_dir, &names, e);
	pinned_init(&p, queue_dir);
	rest = str_span(&names);
	while (rc == 0 && span_take_nul(&rest, &name))
		rc = recover_named(&p, name.p, count, e);
	pinned_free(&p);
	str_free(&names);
	return rc;
}
