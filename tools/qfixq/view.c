/* SPDX-License-Identifier: ISC */
#include "tools/qfixq/view.h"

#include "qmail/queue_state.h"

static bool
has(const struct inventory_message *m, enum queue_kind kind)
{
	return (m->bits & QUEUE_BIT(kind)) != 0;
}

static const char *
state_name(const struct inventory_message *m)
{
	switch (queue_row_find(m->bits)->state) {
	case QUEUE_S1:
		return "S1";
	case QUEUE_S2:
		return "S2";
	case QUEUE_S3:
		return "S3";
	case QUEUE_S4:
		return "S4";
	case QUEUE_S5:
		return "S5";
	case QUEUE_BROKEN:
		break;
	}
	return "damaged";
}

static void
take_sender(struct view *v)
{
	static const enum queue_kind order[] = {QUEUE_INFO, QUEUE_TODO,
	    QUEUE_INTD};

	for (size_t i = 0; i < 3 && !v->has_sender; i++) {
		const struct records *r = v->m->records[order[i]];

		if (r == NULL || !r->has_sender)
			continue;
		v->sender = r->sender;
		v->has_sender = true;
	}
}

static void
take_list(struct view *v, enum queue_kind kind)
{
	const struct records *r = v->m->records[kind];
	int64_t next = v->m->file[kind].mtime;

	if (r == NULL)
		return;
	v->waiting += r->waiting;
	v->all += r->waiting + r->done;
	if (kind != QUEUE_TODO && r->waiting > 0 &&
	    (v->next == 0 || next < v->next))
		v->next = next;
}

void
view_of(struct view *v, const struct inventory_message *m)
{
	*v = (struct view){
	    .m = m,
	    .birth = inventory_birth(m),
	    .size = m->file[QUEUE_MESS].size,
	    .state = state_name(m),
	};
	take_sender(v);
	if (has(m, QUEUE_TODO)) {
		take_list(v, QUEUE_TODO);
		return;
	}
	take_list(v, QUEUE_LOCAL);
	take_list(v, QUEUE_REMOTE);
}

/* The file after this one that may hold recipients; QUEUE_KINDS: none. */
static enum queue_kind
next_kind(const struct view *v, const struct view_recipient *r)
{
	if (!r->begun)
		return has(v->m, QUEUE_TODO) ? QUEUE_TODO : QUEUE_LOCAL;
	return r->kind == QUEUE_LOCAL ? QUEUE_REMOTE : QUEUE_KINDS;
}

bool
view_next(const struct view *v, struct view_recipient *r)
{
	for (;;) {
		const struct records *list =
		    r->begun ? v->m->records[r->kind] : NULL;
		char letter;

		while (list != NULL &&
		       records_next(list, &r->at, &letter, &r->address)) {
			r->done = letter == 'D';
			if (letter == 'T' || letter == 'D')
				return true;
		}
		r->kind = next_kind(v, r);
		r->begun = true;
		r->at = 0;
		if (r->kind == QUEUE_KINDS)
			return false;
	}
}

void
view_put_span_of_time(struct str *out, int64_t seconds)
{
	static const struct {
		int64_t seconds;
		char letter;
	} units[] = {{86400, 'd'}, {3600, 'h'}, {60, 'm'}, {1, 's'}};
	size_t i = 0;

	if (seconds < 0)
		seconds = 0;
	while (i < 3 && seconds < units[i].seconds)
		i++;
	str_put_i64(out, seconds / units[i].seconds);
	str_putc(out, units[i].letter);
	seconds %= units[i].seconds;
	if (i >= 2 || seconds < units[i + 1].seconds)
		return;
	str_put_i64(out, seconds / units[i + 1].seconds);
	str_putc(out, units[i + 1].letter);
}

void
view_put_size(struct str *out, uint64_t bytes)
{
	if (bytes < 10000) {
		str_put_u64(out, bytes);
	} else if (bytes < UINT64_C(10) << 20) {
		str_put_u64(out, bytes >> 10);
		str_putc(out, 'k');
	} else {
		str_put_u64(out, bytes >> 20);
		str_putc(out, 'M');
	}
}
