/* SPDX-License-Identifier: ISC */
#include "qmail/repair/check.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "qmail/queue_state.h"
#include "tests/support/queue.h"
#include "tests/support/unit.h"

/* All 128 sets of files, with good contents, in a queue of their own: what the
 * state table says is what is found, a plan is made for all that can be
 * repaired, and nothing is changed by looking. */

enum { ID = 46, FOUND_MAX = 64 };

static const struct queue_layout layout = {.split = 23};

struct seen {
	char id[FOUND_MAX][8];
	enum finding_fix fix[FOUND_MAX];
	size_t n;
};

static void
take(void *context, const struct finding *f)
{
	struct seen *s = context;
	struct str line = {0};

	/* every template finds its arguments */
	finding_put_line(f, &line);
	ck_assert_msg(memchr(line.p, '?', line.n) == NULL, "%s: %s",
	    f->damage->id, str_cstr(&line));
	str_free(&line);
	/* names and inodes of these queues differ, their modes are arbitrary,
	 * special files are missing */
	if (f->damage->id[1] != '2' || s->n == FOUND_MAX)
		return;
	memcpy(s->id[s->n], f->damage->id, 5);
	s->fix[s->n++] = f->fix;
}

static void
put(int dir, enum queue_kind kind, struct span bytes)
{
	queue_put_file(dir, &layout, kind, ID, bytes);
}

static void
fill(int dir, unsigned bits)
{
	static const struct span content[QUEUE_KINDS] = {
	    [QUEUE_MESS] = SPAN_INIT("Received: (qmail 2 invoked by uid 1); 20 "
	                             "Nov 2026 09:20:00 -0000\n\nx\n"),
	    [QUEUE_INTD] = SPAN_INIT("u1\0p2\0Fs@s\0Ta@b\0Tc@d\0"),
	    [QUEUE_TODO] = SPAN_INIT("u1\0p2\0Fs@s\0Ta@b\0Tc@d\0"),
	    [QUEUE_INFO] = SPAN_INIT("Fs@s\0"),
	    [QUEUE_LOCAL] = SPAN_INIT("Ta@b\0"),
	    [QUEUE_REMOTE] = SPAN_INIT("Tc@d\0"),
	    [QUEUE_BOUNCE] = SPAN_INIT("<a@b>:\nno\n\n"),
	};

	for (enum queue_kind k = QUEUE_MESS; k < QUEUE_KINDS; k++) {
		if ((bits & QUEUE_BIT(k)) != 0)
			put(dir, k, content[k]);
	}
}

static void
run(int dir, int64_t now, struct seen *seen, struct plan *plan,
    struct check_summary *summary)
{
	struct inventory inv;
	struct check_wish wish = {.now = now, .depth = INVENTORY_DEEP};
	struct err e;

	*seen = (struct seen){0};
	inventory_open(&inv, dir, &(struct inventory_ids){0}, 0);
	ck_assert(inv.is_queue);
	ck_assert_int_eq(check_run(&inv, &wish,
	                     (struct finding_sink){take, seen}, plan, summary,
	                     &e),
	    0);
}

static int64_t
now_of(int dir)
{
	struct stat st;

	ck_assert_int_eq(fstatat(dir, "mess", &st, 0), 0);
	return st.st_mtime;
}

START_TEST(every_set_is_judged_as_the_state_table_says)
{
	unsigned bits = (unsigned)_i;
	const struct queue_row *row = queue_row_find(bits);
	int dir = open_tmp_dir();
	struct check_summary summary;
	struct plan plan = {0};
	struct seen seen;

	queue_make(dir, &layout);
	fill(dir, bits);
	run(dir, now_of(dir) + 200000, &seen, &plan, &summary);
	ck_assert_uint_eq(summary.counts.messages, bits != 0);
	if (bits == 0) {
		ck_assert_uint_eq(seen.n, 0);
	} else if (row->finding != NULL) {
		ck_assert_msg(seen.n == 1, "%u: %zu", bits, seen.n);
		ck_assert_str_eq(seen.id[0],
		    /* an old bounce beside a body that is a set of its own */
		    row->finding);
	} else if (row->state == QUEUE_S4 ||
	           (row->state == QUEUE_S5 &&
	               (bits & (QUEUE_BIT(QUEUE_LOCAL) |
	                           QUEUE_BIT(QUEUE_REMOTE))) != 0)) {
		ck_assert_msg(seen.n == 0, "%u: %s", bits, seen.id[0]);
	} else {
		ck_assert_uint_eq(seen.n, 1);
	}
	plan_free(&plan);
}
END_TEST

static size_t
count_groups(const struct plan *p, const char *id)
{
	size_t n = 0;

	for (size_t i = 0; i < p->groups; i++)
		n += strcmp(p->group[i].damage->id, id) == 0;
	return n;
}

static uint64_t
put_named(int dir, const char *path)
{
	struct stat st;

	queue_put(dir, path, SPAN("x"));
	ck_assert_int_eq(fstatat(dir, path, &st, 0), 0);
	return st.st_ino;
}

static void
name_mess(int dir, const char *temporary, uint64_t id)
{
	ck_assert_int_eq(renameat(dir, temporary, dir,
	                     queue_path(&layout, QUEUE_MESS, id).text),
	    0);
	queue_put_file(dir, &layout, QUEUE_INFO, id, SPAN("Fs@s\0"));
	queue_put_file(dir, &layout, QUEUE_LOCAL, id, SPAN("Ta@b\0"));
}

START_TEST(a_cycle_of_names_is_one_group_that_hides_first_and_reveals_last)
{
	static const char *const names[] = {"a", "b", "c"};
	int dir = open_tmp_dir();
	struct check_summary summary;
	struct plan plan = {0};
	struct seen seen;
	uint64_t ino[3];
	const struct plan_group *g = NULL;

	queue_make(dir, &layout);
	for (size_t i = 0; i < 3; i++)
		ino[i] = put_named(dir, names[i]);
	for (size_t i = 0; i < 3; i++)
		name_mess(dir, names[i], ino[(i + 1) % 3]);
	run(dir, now_of(dir), &seen, &plan, &summary);
	ck_assert_uint_eq(count_groups(&plan, "Q301"), 1);
	for (size_t i = 0; i < plan.groups; i++) {
		if (strcmp(plan.group[i].damage->id, "Q301") == 0)
			g = &plan.group[i];
	}
	ck_assert_ptr_nonnull(g);
	ck_assert_uint_eq(g->ops, 18);
	for (size_t i = 0; i < 9; i++)
		ck_assert_int_eq(plan.op[g->first + i].to.area, PLAN_STAGING);
	for (size_t i = 15; i < 18; i++) {
		struct span to = plan_path(&plan, &plan.op[g->first + i].to);

		ck_assert(span_take_prefix(&to, SPAN("info/")));
	}
	plan_free(&plan);
}
END_TEST

START_TEST(a_chain_of_names_frees_each_number_before_it_is_wanted)
{
	int dir = open_tmp_dir();
	struct check_summary summary;
	struct plan plan = {0};
	struct seen seen;
	uint64_t a, b, wanted = 0;

	queue_make(dir, &layout);
	a = put_named(dir, "a");
	b = put_named(dir, "b");
	name_mess(dir, "b", a);
	name_mess(dir, "a", 23000000023);
	run(dir, now_of(dir), &seen, &plan, &summary);
	ck_assert_uint_eq(count_groups(&plan, "Q301"), 2);
	/* first the one that holds a's number goes to b */
	for (size_t i = 0; i < plan.groups && wanted == 0; i++) {
		if (strcmp(plan.group[i].damage->id, "Q301") == 0)
			wanted = plan.group[i].id;
	}
	ck_assert_uint_eq(wanted, a);
	ck_assert_uint_ne(a, b);
	plan_free(&plan);
}
END_TEST

static const struct {
	const char *only, *skip, *id;
	bool wanted;
} filters[] = {
    {"", "", "Q301", true},
    {"Q3", "", "Q301", true},
    {"Q3", "", "Q205", false},
    {"Q2,Q301", "", "Q301", true},
    {"q205", "", "Q205", true},
    {"", "Q3", "Q301", false},
    {"Q3", "Q301", "Q301", false},
    {"Q3011", "", "Q301", false},
};

START_TEST(kinds_are_chosen_by_beginnings)
{
	struct check_filter f = {span_cstr(filters[_i].only),
	    span_cstr(filters[_i].skip)};

	ck_assert(check_filter_wants(&f, filters[_i].id) == filters[_i].wanted);
}
END_TEST

START_TEST(every_kind_has_its_texts_and_only_one_row)
{
	for (size_t g = 0; g < damage_groups_count; g++) {
		for (size_t i = 0; i < damage_groups[g]->rows; i++) {
			const struct damage *d = &damage_groups[g]->row[i];

			ck_assert_ptr_eq(damage_find(span_cstr(d->id)), d);
			ck_assert_ptr_nonnull(d->title);
			ck_assert_ptr_nonnull(d->line);
			ck_assert_ptr_nonnull(d->action);
			ck_assert_ptr_nonnull(d->cause);
			ck_assert_ptr_nonnull(d->effect);
			ck_assert_ptr_nonnull(d->by_hand);
		}
	}
}
END_TEST

int
main(void)
{
	TCase *t = unit_begin("qmail/repair/check");

	tcase_add_loop_test(t, every_set_is_judged_as_the_state_table_says, 0,
	    QUEUE_SETS);
	tcase_add_test(t,
	    a_cycle_of_names_is_one_group_that_hides_first_and_reveals_last);
	tcase_add_test(t,
	    a_chain_of_names_frees_each_number_before_it_is_wanted);
	tcase_add_loop_test(t, kinds_are_chosen_by_beginnings, 0,
	    ROWS(filters));
	tcase_add_test(t, every_kind_has_its_texts_and_only_one_row);
	return unit_end();
}
