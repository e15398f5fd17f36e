/* SPDX-License-Identifier: ISC */
#include "qmail/repair/rename.h"

#include <stdint.h>
#include <stdlib.h>

#include "qmail/queue_state.h"
#include "qmail/repair/rule.h"

/* ---- the graph ----------------------------------------------------------- */

static int
compare_ids(const void *a, const void *b)
{
	const struct check_rename *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

static size_t
find_id(const struct check *c, uint64_t id)
{
	const struct check_rename key = {.id = id};
	const struct check_rename *at = bsearch(&key, c->rename, c->renames,
	    sizeof(c->rename[0]), compare_ids);

	return at == NULL ? SIZE_MAX : (size_t)(at - c->rename);
}

struct wanted {
	uint64_t ino;
	size_t i;
};

static int
compare_wanted(const void *a, const void *b)
{
	const struct wanted *x = a, *y = b;

	if (x->ino != y->ino)
		return x->ino < y->ino ? -1 : 1;
	return (x->i > y->i) - (x->i < y->i);
}

/* Of several names of one file the right one stays, else the first. */
static bool
find_doubles(struct rename_graph *g, const struct check *c)
{
	struct wanted *w = calloc(c->renames, sizeof(w[0]));

	if (w == NULL)
		return false;
	for (size_t i = 0; i < c->renames; i++)
		w[i] = (struct wanted){c->rename[i].ino, i};
	qsort(w, c->renames, sizeof(w[0]), compare_wanted);
	for (size_t i = 0; i < c->renames; i++) {
		struct queue_path path =
		    queue_path(&c->inv->layout, QUEUE_MESS, w[i].ino);
		struct inventory_file right;

		if ((i > 0 && w[i - 1].ino == w[i].ino) ||
		    (find_id(c, w[i].ino) == SIZE_MAX &&
		        inventory_look(c->inv, path.text, &right) &&
		        right.ino == w[i].ino))
			g->is_double[w[i].i] = true;
	}
	free(w);
	return true;
}

static bool
lacks_body(const struct check *c, uint64_t id)
{
	size_t low = 0, high = c->no_messes;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (c->no_mess[mid].id < id)
			low = mid + 1;
		else
			high = mid;
	}
	return low < c->no_messes && c->no_mess[low].id == id;
}

/* Sets with an envelope whose body bears another name: damage_state tells. */
static void
find_bodies(struct rename_graph *g, const struct check *c)
{
	struct inventory_reader r = {0};

	for (size_t i = 0; i < c->renames; i++) {
		struct inventory_message m;

		if (!lacks_body(c, c->rename[i].ino))
			continue;
		inventory_read_message(c->inv, &r, c->rename[i].id,
		    INVENTORY_STAT, &m);
		g->is_body[i] = m.bits == QUEUE_BIT(QUEUE_MESS);
	}
	inventory_reader_free(&r);
}

/* Walks from i along those who have what the one before wants, as far as nobody
 * has been. stamp: who was here, index + 1. */
static void
find_cycle(struct rename_graph *g, size_t *stamp, size_t i)
{
	size_t at = i, n = 0, start;

	while (at != SIZE_MAX && stamp[at] == 0) {
		stamp[at] = i + 1;
		at = g->holder[at];
	}
	if (at == SIZE_MAX || stamp[at] != i + 1)
		return;
	start = at;
	do {
		n++;
		at = g->holder[at];
	} while (at != start);
	do {
		g->size[at] = n;
		at = g->holder[at];
	} while (at != start);
}

static void
find_cycles(struct rename_graph *g, const struct check *c)
{
	for (size_t i = 0; i < c->renames; i++)
		g->holder[i] = g->is_double[i] || g->is_body[i]
		                   ? SIZE_MAX
		                   : find_id(c, c->rename[i].ino);
	for (size_t i = 0; i < c->renames; i++)
		find_cycle(g, g->stack, i);
}

bool
rename_graph_make(struct rename_graph *g, struct check *c)
{
	size_t n = c->renames;

	*g = (struct rename_graph){
	    .holder = calloc(n, sizeof(g->holder[0])),
	    .size = calloc(n, sizeof(g->size[0])),
	    .is_double = calloc(n, sizeof(g->is_double[0])),
	    .is_body = calloc(n, sizeof(g->is_body[0])),
	    .planned = calloc(n, sizeof(g->planned[0])),
	    .stack = calloc(n, sizeof(g->stack[0])),
	};
	qsort(c->rename, n, sizeof(c->rename[0]), compare_ids);
	if (g->holder == NULL || g->size == NULL || g->is_double == NULL ||
	    g->is_body == NULL || g->planned == NULL || g->stack == NULL ||
	    !find_doubles(g, c)) {
		rename_graph_free(g);
		return false;
	}
	find_bodies(g, c);
	find_cycles(g, c);
	return true;
}

void
rename_graph_free(struct rename_graph *g)
{
	free(g->holder);
	free(g->size);
	free(g->is_double);
	free(g->is_body);
	free(g->planned);
	free(g->stack);
	*g = (struct rename_graph){0};
}

/* ---- plans --------------------------------------------------------------- */

static void
read_member(const struct check *c, size_t i, struct inventory_message *m)
{
	struct inventory_reader none = {0};

	inventory_read_message(c->inv, &none, c->rename[i].id, INVENTORY_STAT,
	    m);
	inventory_reader_free(&none);
}

static void
plan_chain_member(struct check *c, const struct finding *like, size_t i)
{
	struct inventory_message m;
	struct finding f = *like;

	read_member(c, i, &m);
	f.id = c->rename[i].id;
	f.birth = c->rename[i].birth;
	rule_rename_set(c, &f, &m, c->rename[i].ino);
}

/* The end of the chain first: each needs the number of the one behind it. */
static void
plan_chain(struct check *c, const struct rename_graph *g,
    const struct finding *f, size_t i)
{
	size_t n = 0;

	while (i != SIZE_MAX && !g->planned[i] && g->size[i] == 0) {
		g->planned[i] = true;
		g->stack[n++] = i;
		i = g->holder[i];
	}
	while (n-- > 0)
		plan_chain_member(c, f, g->stack[n]);
}

static void
plan_cycle(struct check *c, const struct rename_graph *g,
    const struct finding *f, size_t i)
{
	size_t n = g->size[i], at = i;

	rule_cycle_begin(c, f);
	for (size_t k = 0; k < n; k++, at = g->holder[at]) {
		struct inventory_message m;

		read_member(c, at, &m);
		rule_cycle_hide(c, &m);
		g->planned[at] = true;
	}
	for (int reveal = 0; reveal < 2; reveal++) {
		for (size_t k = 0; k < n; k++, at = g->holder[at]) {
			struct inventory_message m;

			read_member(c, at, &m);
			rule_cycle_place(c, &m, c->rename[at].ino, reveal == 1);
		}
	}
	plan_end(c->plan);
}

void
rename_plan(struct check *c, const struct rename_graph *g,
    const struct finding *f, size_t i)
{
	if (g->planned[i])
		return;
	if (g->size[i] > 0)
		plan_cycle(c, g, f, i);
	else
		plan_chain(c, g, f, i);
}
