/* SPDX-License-Identifier: ISC */
#include "tools/qfixq/select.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/ascii.h"
#include "base/num.h"
#include "qmail/queue_state.h"
#include "tools/qfixq/letter.h"
#include "tools/qfixq/pattern.h"

struct selector {
	int key; /* JOB_SENDER... */
	bool negated;
	struct pattern pattern;
	struct span name; /* of a header field */
	const char *text;
	bool more; /* "+": larger, older, later */
	uint64_t number;
};

enum { BODY_MAX = 16 << 20 };

/* ---- reading the command line -------------------------------------------- */

/* "+3d", "-10k": a sign, a number, a unit. */
static bool
parse_amount(struct selector *s, const char *units, const uint64_t *factor)
{
	struct span rest = span_cstr(s->text);
	uint64_t unit = 1;
	const char *at;

	s->more = span_take_prefix(&rest, SPAN("+"));
	if (!s->more && !span_take_prefix(&rest, SPAN("-")))
		return false;
	if (!num_take_u64(&rest, UINT32_MAX, &s->number) || rest.n > 1)
		return false;
	if (rest.n == 1) {
		at = strchr(units, rest.p[0]);
		if (at == NULL)
			return false;
		unit = factor[at - units];
	}
	s->number *= unit;
	return true;
}

static bool
parse_value(struct selector *s)
{
	static const uint64_t seconds[] = {1, 60, 3600, 86400, 604800};
	static const uint64_t bytes[] = {1024, 1048576, 1073741824};

	switch (s->key) {
	case JOB_SIZE:
		return parse_amount(s, "kMG", bytes);
	case JOB_AGE:
	case JOB_NEXT:
		return parse_amount(s, "smhdw", seconds);
	default:
		return true;
	}
}

static int
open_pattern(struct selector *s, bool ignore_case, struct err *e)
{
	struct span text;

	switch (s->key) {
	case JOB_SENDER:
	case JOB_RECIPIENT:
	case JOB_ANY_RECIPIENT:
	case JOB_SUBJECT:
	case JOB_BODY:
		return pattern_open(&s->pattern, span_cstr(s->text),
		    ignore_case, e);
	case JOB_HEADER:
		break;
	default:
		return 0;
	}
	text = span_cstr(s->text);
	s->name = (struct span){text.p, strcspn(s->text, ":")};
	if (s->name.n == text.n)
		return err_set(e, ERR_FORMAT,
		    "a header selector is \"Name: pattern\"");
	text.p += s->name.n + 1;
	text.n -= s->name.n + 1;
	(void)span_take_prefix(&text, SPAN(" "));
	return pattern_open(&s->pattern, text, ignore_case, e);
}

static int
add(struct selection *s, const struct option_given *g, bool negated,
    bool ignore_case, struct err *e)
{
	struct selector *item;

	if (!array_grow(&s->item, &s->cap, s->n + 1, sizeof(s->item[0])))
		return err_set(e, ERR_SYS, "out of memory");
	item = &s->item[s->n++];
	*item = (struct selector){.key = g->id,
	    .negated = negated,
	    .text = g->text,
	    .number = g->number};
	if (!parse_value(item))
		return err_set(e, ERR_FORMAT,
		    "\"%s\" is no amount like +3d or -10k", g->text);
	return open_pattern(item, ignore_case, e);
}

static bool
is_selector(int option)
{
	return option > JOB_NOT && option <= JOB_NULL_SENDER;
}

static int
read_options(struct selection *s, const struct job *job, struct err *e)
{
	bool ignore_case = options_has(job->o, JOB_IGNORE_CASE);
	bool negated = false;

	for (size_t i = 0; i < job->o->n; i++) {
		const struct option_given *g = &job->o->given[i];

		if (g->id == JOB_NOT) {
			negated = true;
		} else if (is_selector(g->id)) {
			if (add(s, g, negated, ignore_case, e) == -1)
				return -1;
			negated = false;
		}
	}
	return 0;
}

int
select_open(struct selection *s, const struct job *job, struct err *e)
{
	*s = (struct selection){
	    .limit = options_number(job->o, JOB_LIMIT, UINT64_MAX),
	    .queue_dir = job->queue_dir,
	    .layout = &job->inv.layout,
	    .now = job->now,
	};
	if (ids_load(&s->ids, job, e) == -1)
		return -1;
	return read_options(s, job, e);
}

void
select_free(struct selection *s)
{
	for (size_t i = 0; i < s->n; i++)
		pattern_close(&s->item[i].pattern);
	free(s->item);
	ids_free(&s->ids);
	str_free(&s->text);
	*s = (struct selection){0};
}

bool
select_is_everything(const struct selection *s)
{
	return s->n == 0 && !s->ids.given;
}

/* ---- matching ------------------------------------------------------------ */

static bool
matches_recipient(const struct selector *s, const struct view *v)
{
	struct view_recipient r = {0};

	while (view_next(v, &r)) {
		if (r.done && s->key != JOB_ANY_RECIPIENT)
			continue;
		if (pattern_matches(&s->pattern, r.address))
			return true;
	}
	return false;
}

static bool
matches_domain(const struct selector *s, const struct view *v)
{
	struct view_recipient r = {0};
	bool found = false;

	while (!found && view_next(v, &r)) {
		const char *at = r.address.n == 0 || r.done
		                     ? NULL
		                     : memrchr(r.address.p, '@', r.address.n);
		struct str domain = {0};
		const char *text;

		if (at == NULL)
			continue;
		at++;
		str_put(&domain, (struct span){at,
		                     (size_t)(r.address.p + r.address.n - at)});
		text = str_cstr(&domain);
		found =
		    text != NULL && fnmatch(s->text, text, FNM_CASEFOLD) == 0;
		str_free(&domain);
	}
	return found;
}

/* The first max bytes of the message; read once. */
static struct span
letter(struct selection *s, const struct view *v, size_t max)
{
	if (s->text_of != v->m->id || s->text_max < max) {
		str_reset(&s->text);
		/* what cannot be read matches nothing */
		if (letter_load(s->queue_dir, s->layout, v->m, max, &s->text,
		        NULL) == -1)
			str_reset(&s->text);
		s->text_of = v->m->id;
		s->text_max = max;
	}
	return str_span(&s->text);
}

static bool
matches_field(struct selection *all, const struct selector *s,
    const struct view *v, struct span name)
{
	struct span rest = letter_head(letter(all, v, LETTER_HEAD_MAX));
	struct span field_name, value;

	while (letter_take_field(&rest, &field_name, &value)) {
		if (ascii_eq_nocase(field_name, name) &&
		    pattern_matches(&s->pattern, value))
			return true;
	}
	return false;
}

static bool
is_beyond(const struct selector *s, int64_t value)
{
	return s->more ? value > (int64_t)s->number
	               : value < (int64_t)s->number;
}

static bool
has_channel(const struct selector *s, const struct view *v)
{
	for (enum queue_kind k = QUEUE_MESS; k < QUEUE_KINDS; k++) {
		if (strcmp(s->text, queue_kind_name(k)) == 0)
			return (v->m->bits & QUEUE_BIT(k)) != 0;
	}
	return false;
}

static bool
has_ids(const struct selector *s, const struct view *v)
{
	const struct records *todo = v->m->records[QUEUE_TODO];

	if (todo == NULL || !todo->has_ids)
		return false;
	return s->number == (s->key == JOB_UID ? todo->uid : todo->qp);
}

static bool
matches(struct selection *all, const struct selector *s, const struct view *v)
{
	switch (s->key) {
	case JOB_SENDER:
		return v->has_sender && pattern_matches(&s->pattern, v->sender);
	case JOB_RECIPIENT:
	case JOB_ANY_RECIPIENT:
		return matches_recipient(s, v);
	case JOB_DOMAIN:
		return matches_domain(s, v);
	case JOB_HEADER:
		return matches_field(all, s, v, s->name);
	case JOB_SUBJECT:
		return matches_field(all, s, v, SPAN("subject"));
	case JOB_BODY:
		return pattern_matches(&s->pattern,
		    letter_body(letter(all, v, BODY_MAX)));
	case JOB_SIZE:
		return is_beyond(s, (int64_t)v->size);
	case JOB_AGE:
		return is_beyond(s, all->now - v->birth);
	case JOB_NEXT:
		return v->next != 0 && is_beyond(s, v->next - all->now);
	case JOB_STATE:
		return strcmp(s->text, v->state) == 0;
	case JOB_CHANNEL:
		return has_channel(s, v);
	case JOB_BOUNCING:
		return (v->m->bits & QUEUE_BIT(QUEUE_BOUNCE)) != 0;
	case JOB_UID:
	case JOB_QP:
		return has_ids(s, v);
	case JOB_NULL_SENDER:
		return v->has_sender && v->sender.n == 0;
	default:
		return true;
	}
}

/* One of those of this key matches. */
static bool
any_matches(struct selection *all, int key, const struct view *v)
{
	for (size_t i = 0; i < all->n; i++) {
		const struct selector *s = &all->item[i];

		if (s->key == key && !s->negated && matches(all, s, v))
			return true;
	}
	return false;
}

static bool
selectors_match(struct selection *all, const struct view *v)
{
	for (size_t i = 0; i < all->n; i++) {
		const struct selector *s = &all->item[i];

		if (s->negated ? matches(all, s, v)
		               : !any_matches(all, s->key, v))
			return false;
	}
	return true;
}

bool
select_matches(struct selection *s, const struct view *v)
{
	int64_t birth = 0;

	if (s->matched >= s->limit)
		return false;
	if (s->ids.given && (!ids_have(&s->ids, v->m->id, &birth) ||
	                        (birth != 0 && birth != v->birth)))
		return false;
	if (!selectors_match(s, v))
		return false;
	s->matched++;
	return true;
}

/* ---- walking ------------------------------------------------------------- */

struct walker {
	struct selection *s;
	void (*take)(void *context, const struct view *v);
	void *context;
};

static bool
take_message(void *context, const struct inventory_message *m)
{
	struct walker *w = context;
	struct view v;

	view_of(&v, m);
	if (select_matches(w->s, &v))
		w->take(w->context, &v);
	return w->s->matched < w->s->limit;
}

static bool
take_stray(void *context, const struct inventory_stray *stray)
{
	(void)context;
	(void)stray;
	return true;
}

static void
take_unreadable(void *context, const char *path, const struct err *e)
{
	(void)context;
	(void)path;
	(void)e;
}

/* Those named are read directly. */
static void
walk_ids(struct walker *w, const struct inventory *inv)
{
	struct inventory_reader reader = {0};
	struct inventory_message m;

	for (size_t i = 0; i < w->s->ids.n; i++) {
		inventory_read_message(inv, &reader, w->s->ids.id[i],
		    INVENTORY_DEEP, &m);
		if (m.bits != 0 && !take_message(w, &m))
			break;
	}
	inventory_reader_free(&reader);
}

int
select_walk(struct selection *s, struct job *job,
    void (*take)(void *context, const struct view *v), void *context,
    struct err *e)
{
	struct walker w = {s, take, context};
	const struct inventory_taker taker = {take_message, take_stray,
	    take_unreadable, &w};
	struct inventory_counts counts;

	if (!job->inv.is_queue) {
		*e = job->inv.trouble;
		return -1;
	}
	if (!s->ids.given)
		return inventory_walk(&job->inv, INVENTORY_DEEP, 0, &taker,
		    &counts, e);
	walk_ids(&w, &job->inv);
	return 0;
}
