/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "fmt/json.h"
#include "prog/table.h"
#include "qmail/queue_state.h"
#include "tools/qfixq/report.h"
#include "tools/qfixq/select.h"
#include "tools/qfixq/verb.h"

static const struct table_column columns[] = {
    {"TOKEN", false},
    {"AGE", true},
    {"SIZE", true},
    {"ST", false},
    {"NEXT", false},
    {"SENDER", false},
    {"RECIPIENT (not done/all)", false},
};

struct list {
	struct job *job;
	const char *sort; /* NULL: as found */
	bool details;
	struct str cell;
	struct table table;
	uint64_t shown;
};

/* ---- people -------------------------------------------------------------- */

static void
put_next(struct str *out, const struct list *l, const struct view *v)
{
	if (v->next == 0) {
		str_putc(out, '-');
	} else if (v->next <= l->job->now) {
		str_put_cstr(out, "overdue");
	} else {
		str_put_cstr(out, "in ");
		view_put_span_of_time(out, v->next - l->job->now);
	}
}

static void
put_recipient(struct str *out, const struct view_recipient *r)
{
	str_put_cstr(out, r->done ? "done " : "");
	str_put_cstr(out, queue_kind_name(r->kind));
	str_putc(out, ' ');
	str_put(out, r->address);
}

/* The first one that waits, and how many there are. */
static void
put_recipients(struct str *out, const struct view *v)
{
	struct view_recipient r = {0};
	bool found = false;

	while (!found && view_next(v, &r))
		found = !r.done || v->waiting == 0;
	if (found)
		put_recipient(out, &r);
	else
		str_putc(out, '-');
	str_put_cstr(out, " (");
	str_put_u64(out, v->waiting);
	str_putc(out, '/');
	str_put_u64(out, v->all);
	str_putc(out, ')');
	if ((v->m->bits & QUEUE_BIT(QUEUE_BOUNCE)) != 0)
		str_put_cstr(out, "  bouncing");
}

static void
add_cell(struct list *l)
{
	table_text(&l->table, str_span(&l->cell));
	str_reset(&l->cell);
}

static void
add_row(struct list *l, const struct view *v)
{
	report_put_token(&l->cell, v->m->id, v->birth);
	add_cell(l);
	view_put_span_of_time(&l->cell, l->job->now - v->birth);
	add_cell(l);
	view_put_size(&l->cell, v->size);
	add_cell(l);
	str_put_cstr(&l->cell, v->state);
	add_cell(l);
	put_next(&l->cell, l, v);
	add_cell(l);
	str_put_cstr(&l->cell, v->has_sender && v->sender.n == 0 ? "<>" : "");
	str_put(&l->cell, v->sender);
	if (!v->has_sender)
		str_putc(&l->cell, '?');
	add_cell(l);
	put_recipients(&l->cell, v);
	add_cell(l);
}

/* The rows below a message: all its recipients. */
static void
add_details(struct list *l, const struct view *v)
{
	struct view_recipient r = {0};

	while (view_next(v, &r)) {
		for (size_t i = 0; i + 1 < sizeof(columns) / sizeof(columns[0]);
		     i++)
			table_text(&l->table, SPAN(""));
		put_recipient(&l->cell, &r);
		add_cell(l);
	}
}

/* ---- machines ------------------------------------------------------------ */

static void
put_number(struct json *j, const char *key, uint64_t value)
{
	json_key(j, key);
	json_u64(j, value);
}

static void
put_json_recipients(struct json *j, const struct view *v)
{
	struct view_recipient r = {0};

	json_key(j, "recipients");
	json_open_array(j);
	while (view_next(v, &r)) {
		json_open_object(j);
		json_key(j, "recipient");
		json_string(j, r.address);
		json_key(j, "channel");
		json_string(j, span_cstr(queue_kind_name(r.kind)));
		json_key(j, "done");
		json_bool(j, r.done);
		json_close(j);
	}
	json_close(j);
}

static void
put_json(struct list *l, const struct view *v)
{
	struct json j = {.out = &l->cell};
	struct str token = {0};

	json_open_object(&j);
	put_number(&j, "id", v->m->id);
	report_put_token(&token, v->m->id, v->birth);
	json_key(&j, "token");
	json_string(&j, str_span(&token));
	str_free(&token);
	json_key(&j, "state");
	json_string(&j, span_cstr(v->state));
	json_key(&j, "birth");
	json_i64(&j, v->birth);
	json_key(&j, "age");
	json_i64(&j, l->job->now - v->birth);
	if (v->next != 0) {
		json_key(&j, "next");
		json_i64(&j, v->next);
	}
	put_number(&j, "size", v->size);
	if (v->has_sender) {
		json_key(&j, "sender");
		json_string(&j, v->sender);
	}
	json_key(&j, "bouncing");
	json_bool(&j, (v->m->bits & QUEUE_BIT(QUEUE_BOUNCE)) != 0);
	put_json_recipients(&j, v);
	json_close(&j);
}

/* ---- order --------------------------------------------------------------- */

struct order {
	uint64_t id;
	uint64_t key;
	struct str sender;
};

struct orders {
	struct order *order;
	size_t n, cap;
	const char *sort;
	bool failed;
};

static void
take_order(void *context, const struct view *v)
{
	struct orders *o = context;
	struct order *at;

	if (!array_grow(&o->order, &o->cap, o->n + 1, sizeof(o->order[0]))) {
		o->failed = true;
		return;
	}
	at = &o->order[o->n++];
	*at = (struct order){.id = v->m->id};
	switch (o->sort[0] + o->sort[1]) {
	case 'a' + 'g':
		at->key = (uint64_t)v->birth;
		break;
	case 's' + 'i':
		at->key = v->size;
		break;
	case 'n' + 'e':
		at->key = v->next == 0 ? UINT64_MAX : (uint64_t)v->next;
		break;
	default:
		str_put(&at->sender, v->sender);
		break;
	}
}

static int
compare_orders(const void *a, const void *b)
{
	const struct order *x = a, *y = b;
	size_t n = x->sender.n < y->sender.n ? x->sender.n : y->sender.n;
	int c = n == 0 ? 0 : memcmp(x->sender.p, y->sender.p, n);

	if (c != 0)
		return c;
	if (x->sender.n != y->sender.n)
		return x->sender.n < y->sender.n ? -1 : 1;
	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return (x->id > y->id) - (x->id < y->id);
}

/* ---- the list ------------------------------------------------------------ */

static void
take(void *context, const struct view *v)
{
	struct list *l = context;
	struct out *out = &l->job->out;

	if (l->job->format != JOB_HUMAN) {
		if (l->job->format == JOB_JSON)
			out_put_cstr(out, l->shown == 0 ? "" : ",\n");
		put_json(l, v);
		out_put(out, str_span(&l->cell));
		if (l->job->format == JOB_JSONL)
			out_putc(out, '\n');
		str_reset(&l->cell);
		l->shown++;
		return;
	}
	add_row(l, v);
	if (l->details)
		add_details(l, v);
}

/* Looks at the messages a second time, in their order. */
static int
walk_sorted(struct list *l, struct selection *s, struct err *e)
{
	struct orders o = {.sort = l->sort};
	struct inventory_reader reader = {0};
	struct inventory_message m;
	struct view v;
	int rc = select_walk(s, l->job, take_order, &o, e);

	if (rc == 0 && o.failed)
		rc = err_set(e, ERR_SYS, "out of memory");
	if (o.n > 1)
		qsort(o.order, o.n, sizeof(o.order[0]), compare_orders);
	for (size_t i = 0; i < o.n; i++) {
		inventory_read_message(&l->job->inv, &reader, o.order[i].id,
		    INVENTORY_DEEP, &m);
		view_of(&v, &m);
		if (rc == 0 && m.bits != 0)
			take(l, &v);
		str_free(&o.order[i].sender);
	}
	inventory_reader_free(&reader);
	free(o.order);
	return rc;
}

static int
list(struct list *l, struct selection *s, struct err *e)
{
	struct out *out = &l->job->out;
	int rc;

	if (l->job->format == JOB_JSON)
		out_put_cstr(out, "[");
	rc = l->sort != NULL ? walk_sorted(l, s, e)
	                     : select_walk(s, l->job, take, l, e);
	if (l->job->format == JOB_JSON)
		out_put_cstr(out, "]\n");
	if (rc == 0 && s->matched > 0 && l->job->format == JOB_HUMAN &&
	    table_put(&l->table, out) == -1)
		rc = err_set(e, ERR_SYS, "out of memory");
	return rc;
}

static int
run(struct job *job)
{
	struct list l = {
	    .job = job,
	    .sort = options_text(job->o, JOB_SORT),
	    .details = options_has(job->o, JOB_LONG),
	    .table = {.column = columns,
	        .columns = sizeof(columns) / sizeof(columns[0])},
	};
	struct selection s;
	struct err e;
	int rc = select_open(&s, job, &e);
	uint64_t matched;

	if (rc == 0)
		rc = list(&l, &s, &e);
	matched = s.matched;
	select_free(&s);
	table_free(&l.table);
	str_free(&l.cell);
	if (rc == -1)
		return job_trouble(&e);
	return matched > 0 ? 0 : 1;
}

const struct verb verb_list = {
    .name = "list",
    .usage = "list [-l] [--sort KEY] [SELECTOR]...",
    .help = "show messages",
    .needs_queue = true,
    .run = run,
};
