/* SPDX-License-Identifier: ISC */
#include "qmail/repair/undo.h"

#include <stdlib.h>

#include "base/array.h"
#include "base/dir.h"
#include "base/num.h"
#include "qmail/repair/step.h"

/* What the run has left: the last change of each inode it touched. */
struct left {
	uint64_t ino;
	int64_t ctime;
	size_t order;
	bool ours;    /* taken back by us: its change time is a new one */
	bool blocked; /* changed by somebody, or part of what is left */
};

struct undo {
	struct run *run;
	const struct undo_wish *wish;
	const struct undo_taker *taker;
	struct journal_file file;
	struct left *left;
	size_t n, cap;
};

static int
by_inode(const void *a, const void *b)
{
	const struct left *x = a, *y = b;

	if (x->ino != y->ino)
		return x->ino < y->ino ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

static bool
take_left(struct undo *u, struct span text)
{
	while (text.n > 0) {
		struct left l = {.order = u->n};
		uint64_t when;

		if (!num_take_u64(&text, UINT64_MAX, &l.ino) ||
		    !span_take_prefix(&text, SPAN(":")) ||
		    !num_take_u64(&text, INT64_MAX, &when) ||
		    !span_take_prefix(&text, SPAN(",")))
			return true;
		l.ctime = (int64_t)when;
		if (!array_grow(&u->left, &u->cap, u->n + 1,
		        sizeof(u->left[0])))
			return false;
		u->left[u->n++] = l;
	}
	return true;
}

/* One entry for each inode, the last one. */
static bool
collect_left(struct undo *u)
{
	size_t kept = 0;

	for (size_t i = 0; i < u->file.n; i++) {
		const struct journal_record *r = &u->file.record[i];

		if (r->kind == JOURNAL_DONE && !take_left(u, r->text))
			return false;
	}
	if (u->n > 0)
		qsort(u->left, u->n, sizeof(u->left[0]), by_inode);
	for (size_t i = 0; i < u->n; i++) {
		if (i + 1 == u->n || u->left[i + 1].ino != u->left[i].ino)
			u->left[kept++] = u->left[i];
	}
	u->n = kept;
	return true;
}

static struct left *
find_left(struct undo *u, uint64_t ino)
{
	size_t low = 0, high = u->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (u->left[mid].ino < ino)
			low = mid + 1;
		else
			high = mid;
	}
	return low < u->n && u->left[low].ino == ino ? &u->left[low] : NULL;
}

/* ---- one group ----------------------------------------------------------- */

static struct span
place_now(const struct journal_record *s)
{
	return s->kind == JOURNAL_MOVE || s->kind == JOURNAL_LINK ? s->to
	                                                          : s->from;
}

/* What lies in a directory has changed it, and later groups have put it there
 * or taken it away. One that was made by the run goes only when it is empty. */
static bool
may_move_directory(struct undo *u, const struct journal_record *s)
{
	struct span from = s->from;
	struct dir d = {.fd = -1};
	struct dir_entry entry;
	const char *name;
	bool empty;
	int at;

	if (s->kind != JOURNAL_MOVE ||
	    !span_take_prefix(&from, SPAN(RUN_AREA "/staging/")))
		return true;
	at = pinned_dir_of(&u->run->pinned, s->to, false, &name, NULL);
	empty = at != -1 && dir_open(&d, at, name, NULL) == 0 &&
	        dir_next(&d, &entry) == 0;
	dir_free(&d);
	return empty;
}

/* A step is looked at where the group has left its object: only there its
 * change time says something. */
static bool
is_unchanged(struct undo *u, const struct journal_record *s)
{
	struct left *l = find_left(u, s->ino);
	struct stat st;

	if (l == NULL || l->ours)
		return true;
	if (l->blocked)
		return false;
	if (!step_stat(&u->run->pinned, place_now(s), &st) ||
	    (uint64_t)st.st_ino != s->ino)
		return true;
	if (S_ISDIR(st.st_mode))
		return may_move_directory(u, s);
	return step_ctime(&st) == l->ctime;
}

static void
mark(struct undo *u, const struct journal_record *step, size_t n, bool blocked)
{
	for (size_t i = 0; i < n; i++) {
		struct left *l = find_left(u, step[i].ino);

		if (l != NULL && blocked)
			l->blocked = true;
		else if (l != NULL)
			l->ours = true;
	}
}

struct outcome {
	enum finding_status status;
	const char *why;
	char text[sizeof(((struct err *)0)->text)];
};

static bool
take_outcome(void *context, const struct run_group *g,
    enum finding_status status, const char *why)
{
	struct outcome *o = context;

	(void)g;
	o->status = status;
	o->text[0] = '\0';
	if (why != NULL) {
		struct err copy;

		(void)err_set(&copy, ERR_LIMIT, "%s", why);
		for (size_t i = 0; i < sizeof(o->text); i++)
			o->text[i] = copy.text[i];
	}
	o->why = why == NULL ? NULL : o->text;
	return true;
}

static int
undo_group(struct undo *u, const struct journal_record *head, struct err *e)
{
	const struct journal_record *step = head + 1;
	size_t n = (size_t)head->n;
	struct outcome o = {.status = FINDING_SKIPPED,
	    .why = "it has changed since"};
	struct run_list l = {.prepared = true};
	bool unchanged = true;
	int rc = 0;

	for (size_t i = 0; i < n && unchanged; i++)
		unchanged = is_unchanged(u, &step[i]);
	if (unchanged) {
		run_list_begin(&l, head, NULL);
		for (size_t i = n; i-- > 0;) {
			struct journal_record back = step_inverse(&step[i]);

			run_list_step(&l, &back);
		}
		rc = run_execute(u->run, &l,
		    (struct run_told){.take = take_outcome, .context = &o}, e);
	}
	mark(u, step, n, o.status != FINDING_FIXED);
	u->taker->told(u->taker->context, head->text, head->id, o.status,
	    o.why);
	return rc;
}

static bool
was_done(const struct journal_file *f, size_t head)
{
	uint64_t group = f->record[head].group;

	if (f->record[head].n > f->n - head - 1)
		return false;
	for (size_t i = head + 1 + (size_t)f->record[head].n; i < f->n; i++) {
		if (f->record[i].group == group)
			return f->record[i].kind == JOURNAL_DONE;
	}
	return false;
}

static int
undo_all(struct undo *u, struct err *e)
{
	int rc = 0;

	for (size_t i = u->file.n; i-- > 0 && rc == 0;) {
		const struct journal_record *r = &u->file.record[i];

		if (r->kind != JOURNAL_GROUP || !was_done(&u->file, i) ||
		    (u->wish->id != 0 && r->id != u->wish->id))
			continue;
		rc = undo_group(u, r, e);
	}
	return rc;
}

int
undo_run(struct run *r, const struct undo_wish *wish,
    const struct undo_taker *taker, struct err *e)
{
	struct undo u = {.run = r, .wish = wish, .taker = taker};
	const char *name;
	int dir, rc;

	dir = pinned_dir_of(&r->pinned, SPAN(RUN_AREA "/journal/x"), false,
	    &name, e);
	if (dir == -1 || journal_load(&u.file, dir, wish->run, e) == -1)
		return -1;
	if (!journal_is_complete(&u.file))
		rc = err_set(e, ERR_LIMIT,
		    "run %s was interrupted: recover comes first", wish->run);
	else if (!collect_left(&u))
		rc = err_set(e, ERR_SYS, "out of memory");
	else
		rc = undo_all(&u, e);
	journal_file_free(&u.file);
	free(u.left);
	return rc;
}
