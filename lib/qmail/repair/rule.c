/* SPDX-License-Identifier: ISC */
#include "qmail/repair/rule.h"

#include "qmail/queue_state.h"

/* In this order the set is invisible to qmail-send from the first step on:
 * without info nothing is scheduled, without todo nothing preprocessed. */
static const enum queue_kind hide_order[QUEUE_KINDS] = {QUEUE_INFO, QUEUE_TODO,
    QUEUE_LOCAL, QUEUE_REMOTE, QUEUE_BOUNCE, QUEUE_INTD, QUEUE_MESS};

static struct queue_path
path_of(const struct check *c, enum queue_kind kind, uint64_t id)
{
	return queue_path(&c->inv->layout, kind, id);
}

void
rule_quarantine(struct check *c, const struct finding *f, enum plan_turn turn,
    const char *path, uint64_t ino)
{
	plan_begin(c->plan, f, turn, PLAN_AIM_QUARANTINE);
	plan_put_away(c->plan, path, ino, PLAN_QUARANTINE);
	plan_end(c->plan);
}

void
rule_put_away(struct check *c, const struct finding *f,
    const struct inventory_message *m, unsigned bits, enum plan_area area)
{
	plan_begin(c->plan, f, PLAN_TURN_REMOVE,
	    area == PLAN_HOLD ? PLAN_AIM_HOLD : PLAN_AIM_QUARANTINE);
	for (size_t i = 0; i < QUEUE_KINDS; i++) {
		enum queue_kind kind = hide_order[i];

		if ((bits & m->bits & QUEUE_BIT(kind)) != 0)
			plan_put_away(c->plan, path_of(c, kind, m->id).text,
			    m->file[kind].ino, area);
	}
	plan_end(c->plan);
}

static bool
is_revealing(const struct inventory_message *m, enum queue_kind kind)
{
	/* with todo, info is of no use and must not show alone */
	return (m->bits & QUEUE_BIT(kind)) != 0 &&
	       (kind == QUEUE_INFO || kind == QUEUE_TODO);
}

void
rule_rename_set(struct check *c, const struct finding *f,
    const struct inventory_message *m, uint64_t to)
{
	struct plan *p = c->plan;

	plan_begin(p, f, PLAN_TURN_RENAME, PLAN_AIM_RENAME);
	/* the cleaner spares what was read less than 36 hours ago */
	if (m->file[QUEUE_MESS].present)
		plan_times(p, path_of(c, QUEUE_MESS, m->id).text,
		    m->file[QUEUE_MESS].ino, PLAN_NOW, PLAN_KEEP_TIME);
	for (size_t i = 0; i < QUEUE_KINDS; i++) {
		enum queue_kind kind = hide_order[i];

		if (is_revealing(m, kind))
			plan_put_away(p, path_of(c, kind, m->id).text,
			    m->file[kind].ino, PLAN_STAGING);
	}
	for (size_t i = QUEUE_KINDS; i-- > 0;) {
		enum queue_kind kind = hide_order[i];

		if (!is_revealing(m, kind) && (m->bits & QUEUE_BIT(kind)) != 0)
			plan_move(p, path_of(c, kind, m->id).text,
			    m->file[kind].ino, PLAN_QUEUE,
			    path_of(c, kind, to).text);
	}
	for (size_t i = 0; i < QUEUE_KINDS; i++) {
		enum queue_kind kind = hide_order[i];

		if (is_revealing(m, kind))
			plan_move_from(p, PLAN_STAGING,
			    path_of(c, kind, m->id).text, m->file[kind].ino,
			    PLAN_QUEUE, path_of(c, kind, to).text);
	}
	plan_end(p);
}

void
rule_cycle_begin(struct check *c, const struct finding *f)
{
	plan_begin(c->plan, f, PLAN_TURN_RENAME, PLAN_AIM_RENAME);
}

void
rule_cycle_hide(struct check *c, const struct inventory_message *m)
{
	for (size_t i = 0; i < QUEUE_KINDS; i++) {
		enum queue_kind kind = hide_order[i];

		if ((m->bits & QUEUE_BIT(kind)) != 0)
			plan_put_away(c->plan, path_of(c, kind, m->id).text,
			    m->file[kind].ino, PLAN_STAGING);
	}
}

void
rule_cycle_place(struct check *c, const struct inventory_message *m,
    uint64_t to, bool reveal)
{
	for (size_t i = QUEUE_KINDS; i-- > 0;) {
		enum queue_kind kind = hide_order[i];

		if ((m->bits & QUEUE_BIT(kind)) != 0 &&
		    is_revealing(m, kind) == reveal)
			plan_move_from(c->plan, PLAN_STAGING,
			    path_of(c, kind, m->id).text, m->file[kind].ino,
			    PLAN_QUEUE, path_of(c, kind, to).text);
	}
}

/* The owner and mode of a new file of this kind. */
static struct plan_new
new_file(const struct check *c, enum queue_kind kind, const char *path)
{
	bool of_queue =
	    kind == QUEUE_MESS || kind == QUEUE_INTD || kind == QUEUE_TODO;

	return (struct plan_new){
	    .path = path,
	    .uid = of_queue ? c->inv->ids.qmailq : c->inv->ids.qmails,
	    .gid = c->inv->ids.qmail,
	    .mode = of_queue ? 0644 : 0600,
	    .atime = PLAN_KEEP_TIME,
	};
}

void
rule_replace(struct check *c, const struct finding *f,
    const struct inventory_message *m, enum queue_kind kind, struct span bytes,
    int64_t mtime)
{
	struct queue_path info = path_of(c, QUEUE_INFO, m->id);
	struct queue_path path = path_of(c, kind, m->id);
	bool hide = kind != QUEUE_INFO && m->file[QUEUE_INFO].present;
	struct plan_new made = new_file(c, kind, path.text);
	struct plan *p = c->plan;

	made.bytes = bytes;
	made.mtime = mtime;
	plan_begin(p, f, PLAN_TURN_CONTENT, PLAN_FIX);
	if (hide)
		plan_put_away(p, info.text, m->file[QUEUE_INFO].ino,
		    PLAN_STAGING);
	if (m->file[kind].present)
		plan_put_away(p, path.text, m->file[kind].ino, PLAN_QUARANTINE);
	plan_create(p, PLAN_CREATE, PLAN_QUEUE, &made);
	if (hide)
		plan_move_from(p, PLAN_STAGING, info.text,
		    m->file[QUEUE_INFO].ino, PLAN_QUEUE, info.text);
	plan_end(p);
}
