/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/ascii.h"
#include "prog/table.h"
#include "tools/qfixq/select.h"
#include "tools/qfixq/verb.h"

/* Ages in minutes, doubling; the last column is all beyond. */
static const int64_t buckets[] = {5, 10, 20, 40, 80, 160, 320, 640, 1280};
enum {
	BUCKETS = sizeof(buckets) / sizeof(buckets[0]) + 1,
	GROUPS_MAX = 100000, /* the rest is counted together */
};

struct group {
	struct str name;
	uint64_t n, by_age[BUCKETS];
};

struct stat_table {
	struct job *job;
	const char *by;
	struct group *group;
	size_t n, cap;
	struct group all;
	bool failed;
};

static size_t
find_bucket(int64_t age_s)
{
	size_t i = 0;

	while (i < BUCKETS - 1 && age_s > buckets[i] * 60)
		i++;
	return i;
}

static struct group *
find_group(struct stat_table *t, struct span name)
{
	for (size_t i = 0; i < t->n; i++) {
		if (ascii_eq_nocase(str_span(&t->group[i].name), name))
			return &t->group[i];
	}
	if (t->n == GROUPS_MAX ||
	    !array_grow(&t->group, &t->cap, t->n + 1, sizeof(t->group[0]))) {
		t->failed = true;
		return &t->all;
	}
	t->group[t->n] = (struct group){0};
	str_put(&t->group[t->n].name, name);
	return &t->group[t->n++];
}

static void
count(struct group *g, size_t bucket)
{
	g->n++;
	g->by_age[bucket]++;
}

static struct span
domain_of(struct span address)
{
	const char *at =
	    address.n == 0 ? NULL : memrchr(address.p, '@', address.n);

	if (at == NULL)
		return SPAN("(none)");
	at++;
	return (struct span){at, (size_t)(address.p + address.n - at)};
}

/* Each recipient that waits counts. */
static void
count_domains(struct stat_table *t, const struct view *v, size_t bucket)
{
	struct view_recipient r = {0};

	while (view_next(v, &r)) {
		if (r.done)
			continue;
		count(find_group(t, domain_of(r.address)), bucket);
		count(&t->all, bucket);
	}
}

static void
take(void *context, const struct view *v)
{
	struct stat_table *t = context;
	size_t bucket = find_bucket(t->job->now - v->birth);

	if (strcmp(t->by, "domain") == 0) {
		count_domains(t, v, bucket);
		return;
	}
	if (strcmp(t->by, "sender") == 0)
		count(find_group(t, v->sender.n == 0 ? SPAN("<>") : v->sender),
		    bucket);
	else if (strcmp(t->by, "state") == 0)
		count(find_group(t, span_cstr(v->state)), bucket);
	count(&t->all, bucket);
}

static int
compare_groups(const void *a, const void *b)
{
	const struct group *x = a, *y = b;

	if (x->n != y->n)
		return x->n > y->n ? -1 : 1;
	return strcmp(x->name.p == NULL ? "" : x->name.p,
	    y->name.p == NULL ? "" : y->name.p);
}

static void
add_row(struct table *table, const struct group *g)
{
	table_text(table, str_span(&g->name));
	table_u64(table, g->n);
	for (size_t i = 0; i < BUCKETS; i++)
		table_u64(table, g->by_age[i]);
}

static int
show(struct stat_table *t, struct err *e)
{
	const struct table_column columns[] = {{t->by, false}, {"total", true},
	    {"5m", true}, {"10m", true}, {"20m", true}, {"40m", true},
	    {"80m", true}, {"160m", true}, {"320m", true}, {"640m", true},
	    {"1280m", true}, {"more", true}};
	struct table table = {.column = columns,
	    .columns = sizeof(columns) / sizeof(columns[0])};
	int rc;

	if (t->n > 1)
		qsort(t->group, t->n, sizeof(t->group[0]), compare_groups);
	str_put_cstr(&t->all.name, "all");
	add_row(&table, &t->all);
	for (size_t i = 0; i < t->n; i++)
		add_row(&table, &t->group[i]);
	rc = table_put(&table, &t->job->out);
	table_free(&table);
	return rc == -1 || t->failed ? err_set(e, ERR_SYS, "out of memory") : 0;
}

static int
run(struct job *job)
{
	const char *by = options_text(job->o, JOB_BY);
	struct stat_table t = {.job = job, .by = by == NULL ? "domain" : by};
	struct selection s;
	struct err e;
	int rc = select_open(&s, job, &e);

	if (rc == 0)
		rc = select_walk(&s, job, take, &t, &e);
	if (rc == 0)
		rc = show(&t, &e);
	select_free(&s);
	for (size_t i = 0; i < t.n; i++)
		str_free(&t.group[i].name);
	str_free(&t.all.name);
	free(t.group);
	return rc == -1 ? job_trouble(&e) : 0;
}

const struct verb verb_stat = {
    .name = "stat",
    .usage = "stat [--by domain|sender|age|state] [SELECTOR]...",
    .help = "count messages, or recipients by domain, by age",
    .needs_queue = true,
    .run = run,
};
