/* SPDX-License-Identifier: ISC */
#include "qmail/repair/check.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/ascii.h"
#include "qmail/queue_state.h"

enum { SECOND_LOOK_US = 2000000 };

/* ---- filter -------------------------------------------------------------- */

static bool
list_names(struct span list, const char *id)
{
	size_t n = strlen(id);

	while (list.n > 0) {
		const char *comma = memchr(list.p, ',', list.n);
		size_t part = comma == NULL ? list.n : (size_t)(comma - list.p);

		if (part > 0 && part <= n &&
		    ascii_eq_nocase((struct span){list.p, part},
		        (struct span){id, part}))
			return true;
		if (comma == NULL)
			return false;
		list.p += part + 1;
		list.n -= part + 1;
	}
	return false;
}

bool
check_filter_wants(const struct check_filter *f, const char *damage_id)
{
	if (f->only.n > 0 && !list_names(f->only, damage_id))
		return false;
	return !list_names(f->skip, damage_id);
}

/* ---- what detectors do --------------------------------------------------- */

bool
check_report(struct check *c, const struct finding *f)
{
	if (!check_filter_wants(&c->wish->filter, f->damage->id))
		return false;
	c->summary.found[f->class]++;
	c->sink.take(c->sink.context, f);
	return c->plan != NULL &&
	       (f->fix == FINDING_FIX_PREEN || f->fix == FINDING_FIX_YES);
}

int
check_exit_status(const struct check_summary *s)
{
	int status = 0;

	for (int i = 0; i < FINDING_CLASSES; i++) {
		if (s->found[i] > 0)
			status |= finding_exit_bit((enum finding_class)i);
	}
	if (s->unreadable > 0)
		status |= FINDING_EXIT_TROUBLE;
	return status;
}

/* ---- the walk ------------------------------------------------------------ */

static void
remember_rename(struct check *c, const struct inventory_message *m)
{
	const struct inventory_file *mess = &m->file[QUEUE_MESS];

	if (!mess->present || mess->ino == m->id)
		return;
	if (!array_grow(&c->rename, &c->rename_cap, c->renames + 1,
	        sizeof(c->rename[0]))) {
		c->failed = true;
		return;
	}
	c->rename[c->renames++] = (struct check_rename){.id = m->id,
	    .ino = mess->ino,
	    .birth = inventory_birth(m)};
}

static void
remember_no_mess(struct check *c, const struct inventory_message *m)
{
	if (m->file[QUEUE_MESS].present)
		return;
	if (!array_grow(&c->no_mess, &c->no_mess_cap, c->no_messes + 1,
	        sizeof(c->no_mess[0])))
		c->failed = true;
	else
		c->no_mess[c->no_messes++] = (struct check_no_mess){
		    .id = m->id,
		    .misplaced = m->misplaced,
		};
}

static void
count_state(struct check *c, const struct inventory_message *m)
{
	switch (queue_row_find(m->bits)->state) {
	case QUEUE_S2:
		c->summary.s2++;
		break;
	case QUEUE_S3:
		c->summary.s3++;
		break;
	case QUEUE_S4:
		c->summary.s4++;
		break;
	case QUEUE_S5:
		c->summary.s5++;
		break;
	case QUEUE_S1:
	case QUEUE_BROKEN:
		break;
	}
}

static bool
take_message(void *context, const struct inventory_message *m)
{
	struct check *c = context;

	count_state(c, m);
	remember_rename(c, m);
	remember_no_mess(c, m);
	for (size_t i = 0; i < damage_groups_count; i++) {
		if (damage_groups[i]->message != NULL)
			damage_groups[i]->message(c, m);
	}
	return !c->failed;
}

static bool
take_stray(void *context, const struct inventory_stray *s)
{
	struct check *c = context;

	for (size_t i = 0; i < damage_groups_count; i++) {
		if (damage_groups[i]->stray != NULL)
			damage_groups[i]->stray(c, s);
	}
	return !c->failed;
}

/* What is missing is a finding of its own; what is refused leaves the check
 * incomplete. */
static void
take_unreadable(void *context, const char *path, const struct err *e)
{
	struct check *c = context;

	(void)path;
	if (e->sys != ENOENT && e->sys != ENOTDIR && e->sys != ELOOP)
		c->summary.unreadable++;
}

static int
walk_all(struct check *c, struct err *e)
{
	const struct inventory_taker taker = {
	    .message = take_message,
	    .stray = take_stray,
	    .unreadable = take_unreadable,
	    .context = c,
	};

	return inventory_walk(c->inv, c->wish->depth,
	    c->wish->live ? SECOND_LOOK_US : 0, &taker, &c->summary.counts, e);
}

static void
walk_ids(struct check *c)
{
	struct inventory_reader reader = {0};
	struct inventory_message m;

	for (size_t i = 0; i < c->wish->n_ids; i++) {
		inventory_read_message(c->inv, &reader, c->wish->ids[i],
		    INVENTORY_DEEP, &m);
		if (m.bits == 0)
			continue;
		c->summary.counts.messages++;
		(void)take_message(c, &m);
	}
	inventory_reader_free(&reader);
}

static void
run_queue(struct check *c)
{
	for (size_t i = 0; i < damage_groups_count; i++) {
		if (damage_groups[i]->queue != NULL)
			damage_groups[i]->queue(c);
	}
}

static int
compare_inodes(const void *a, const void *b)
{
	const struct check_rename *x = a, *y = b;

	return (x->ino > y->ino) - (x->ino < y->ino);
}

uint64_t
check_find_body(const struct check *c, uint64_t ino)
{
	const struct check_rename key = {.ino = ino};
	const struct check_rename *at =
	    c->renames == 0 ? NULL
	                    : bsearch(&key, c->rename, c->renames,
	                          sizeof(c->rename[0]), compare_inodes);

	return at == NULL ? 0 : at->id;
}

static void
run_finish(struct check *c)
{
	if (c->renames > 1)
		qsort(c->rename, c->renames, sizeof(c->rename[0]),
		    compare_inodes);
	for (size_t i = 0; i < damage_groups_count; i++) {
		if (damage_groups[i]->finish != NULL)
			damage_groups[i]->finish(c);
	}
}

static int
run(struct check *c, struct err *e)
{
	int rc = 0;

	if (c->wish->ids == NULL)
		run_queue(c);
	if (!c->inv->is_queue)
		return 0;
	if (c->wish->ids != NULL)
		walk_ids(c);
	else
		rc = walk_all(c, e);
	if (rc == 0)
		run_finish(c);
	if (rc == 0 && c->failed)
		return err_set(e, ERR_SYS, "out of memory");
	return rc;
}

int
check_run(const struct inventory *inv, const struct check_wish *wish,
    struct finding_sink sink, struct plan *plan, struct check_summary *summary,
    struct err *e)
{
	struct check c = {
	    .inv = inv,
	    .wish = wish,
	    .sink = sink,
	    .plan = plan,
	};
	int rc = run(&c, e);

	free(c.rename);
	free(c.no_mess);
	*summary = c.summary;
	if (rc == 0 && plan != NULL && !plan_sort(plan))
		rc = err_set(e, ERR_SYS, "out of memory");
	return rc;
}
