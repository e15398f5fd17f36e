/* SPDX-License-Identifier: ISC */
#include "qmail/repair/plan.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "fmt/printable.h"

void
plan_free(struct plan *p)
{
	free(p->group);
	free(p->op);
	str_free(&p->text);
	*p = (struct plan){0};
}

/* ---- building ------------------------------------------------------------ */

void
plan_begin(struct plan *p, const struct finding *f, enum plan_turn turn,
    enum plan_aim aim)
{
	if (!array_grow(&p->group, &p->group_cap, p->groups + 1,
	        sizeof(p->group[0]))) {
		p->failed = true;
		return;
	}
	p->group[p->groups++] = (struct plan_group){
	    .damage = f->damage,
	    .class = f->class,
	    .fix = f->fix,
	    .aim = aim,
	    .turn = turn,
	    .id = f->id,
	    .birth = f->birth,
	    .first = p->ops,
	};
}

void
plan_end(struct plan *p)
{
	struct plan_group *g;

	if (p->failed || p->groups == 0)
		return;
	g = &p->group[p->groups - 1];
	g->ops = p->ops - g->first;
	if (g->ops == 0)
		p->groups--;
}

static size_t
keep_bytes(struct plan *p, struct span bytes)
{
	size_t at = p->text.n;

	str_put(&p->text, bytes);
	if (!str_ok(&p->text))
		p->failed = true;
	return at;
}

static struct plan_place
keep_path(struct plan *p, enum plan_area area, const char *path)
{
	size_t n = strlen(path);

	return (struct plan_place){
	    .area = area,
	    .at = keep_bytes(p, (struct span){path, n}),
	    .n = n,
	};
}

static void
add_op(struct plan *p, const struct plan_op *op)
{
	if (!array_grow(&p->op, &p->op_cap, p->ops + 1, sizeof(p->op[0])))
		p->failed = true;
	if (!p->failed)
		p->op[p->ops++] = *op;
}

/* An operation that changes nothing but what its caller fills in. */
static struct plan_op
new_op(enum plan_kind kind, uint64_t ino)
{
	return (struct plan_op){
	    .kind = kind,
	    .ino = ino,
	    .uid = PLAN_KEEP_ID,
	    .gid = PLAN_KEEP_ID,
	    .atime = PLAN_KEEP_TIME,
	    .mtime = PLAN_KEEP_TIME,
	};
}

void
plan_move_from(struct plan *p, enum plan_area from_area, const char *from,
    uint64_t ino, enum plan_area area, const char *to)
{
	struct plan_op op = new_op(PLAN_MOVE, ino);

	op.from = keep_path(p, from_area, from);
	op.to = keep_path(p, area, to);
	add_op(p, &op);
}

void
plan_move(struct plan *p, const char *from, uint64_t ino, enum plan_area area,
    const char *to)
{
	plan_move_from(p, PLAN_QUEUE, from, ino, area, to);
}

void
plan_put_away(struct plan *p, const char *from, uint64_t ino,
    enum plan_area area)
{
	plan_move_from(p, PLAN_QUEUE, from, ino, area, from);
}

void
plan_link(struct plan *p, const char *from, uint64_t ino, enum plan_area area,
    const char *to)
{
	struct plan_op op = new_op(PLAN_LINK, ino);

	op.from = keep_path(p, PLAN_QUEUE, from);
	op.to = keep_path(p, area, to);
	add_op(p, &op);
}

void
plan_owner(struct plan *p, const char *path, uint64_t ino, int64_t uid,
    int64_t gid)
{
	struct plan_op op = new_op(PLAN_OWNER, ino);

	op.from = keep_path(p, PLAN_QUEUE, path);
	op.uid = uid;
	op.gid = gid;
	add_op(p, &op);
}

void
plan_mode(struct plan *p, const char *path, uint64_t ino, mode_t mode)
{
	struct plan_op op = new_op(PLAN_MODE, ino);

	op.from = keep_path(p, PLAN_QUEUE, path);
	op.mode = mode;
	add_op(p, &op);
}

void
plan_times(struct plan *p, const char *path, uint64_t ino, int64_t atime,
    int64_t mtime)
{
	struct plan_op op = new_op(PLAN_TIMES, ino);

	op.from = keep_path(p, PLAN_QUEUE, path);
	op.atime = atime;
	op.mtime = mtime;
	add_op(p, &op);
}

void
plan_resize(struct plan *p, const char *path, uint64_t ino, uint64_t size)
{
	struct plan_op op = new_op(PLAN_RESIZE, ino);

	op.from = keep_path(p, PLAN_QUEUE, path);
	op.size = size;
	add_op(p, &op);
}

void
plan_patch(struct plan *p, const char *path, uint64_t ino, uint64_t offset,
    struct span bytes)
{
	struct plan_op op = new_op(PLAN_PATCH, ino);

	op.from = keep_path(p, PLAN_QUEUE, path);
	op.offset = offset;
	op.bytes_at = keep_bytes(p, bytes);
	op.bytes_n = bytes.n;
	add_op(p, &op);
}

void
plan_create(struct plan *p, enum plan_kind kind, enum plan_area area,
    const struct plan_new *what)
{
	struct plan_op op = new_op(kind, 0);

	op.to = keep_path(p, area, what->path);
	op.uid = what->uid;
	op.gid = what->gid;
	op.mode = what->mode;
	op.bytes_at = keep_bytes(p, what->bytes);
	op.bytes_n = what->bytes.n;
	op.size = what->size > what->bytes.n ? what->size : what->bytes.n;
	op.atime = what->atime;
	op.mtime = what->mtime;
	add_op(p, &op);
}

/* ---- reading ------------------------------------------------------------- */

bool
plan_sort(struct plan *p)
{
	struct plan_group *sorted;
	size_t n = 0;

	if (p->failed)
		return false;
	if (p->groups == 0)
		return true;
	sorted = calloc(p->groups, sizeof(sorted[0]));
	if (sorted == NULL)
		return false;
	for (int turn = 0; turn < PLAN_TURNS; turn++) {
		for (size_t i = 0; i < p->groups; i++) {
			if ((int)p->group[i].turn == turn)
				sorted[n++] = p->group[i];
		}
	}
	free(p->group);
	p->group = sorted;
	p->group_cap = p->groups;
	return true;
}

struct span
plan_path(const struct plan *p, const struct plan_place *place)
{
	return (struct span){p->text.p + place->at, place->n};
}

struct span
plan_bytes(const struct plan *p, const struct plan_op *op)
{
	return (struct span){p->text.p + op->bytes_at, op->bytes_n};
}

static const char *const kinds[] = {
    [PLAN_MOVE] = "move",
    [PLAN_LINK] = "link",
    [PLAN_MKDIR] = "mkdir",
    [PLAN_MKFIFO] = "mkfifo",
    [PLAN_CREATE] = "create",
    [PLAN_OWNER] = "chown",
    [PLAN_MODE] = "chmod",
    [PLAN_TIMES] = "touch",
    [PLAN_RESIZE] = "truncate",
    [PLAN_PATCH] = "patch",
};

static const char *const areas[] = {
    [PLAN_QUEUE] = "queue",
    [PLAN_STAGING] = "staging",
    [PLAN_QUARANTINE] = "quarantine",
    [PLAN_HOLD] = "hold",
    [PLAN_TRASH] = "trash",
};

const char *
plan_kind_name(enum plan_kind kind)
{
	return kinds[kind];
}

const char *
plan_area_name(enum plan_area area)
{
	return areas[area];
}

static void
put_place(const struct plan *p, const struct plan_place *place, struct str *out)
{
	if (place->area != PLAN_QUEUE) {
		str_put_cstr(out, areas[place->area]);
		str_putc(out, ':');
	}
	printable_put(out, plan_path(p, place));
}

static void
put_mode(mode_t mode, struct str *out)
{
	char text[16];

	(void)snprintf(text, sizeof(text), " mode %04o", (unsigned)mode);
	str_put_cstr(out, text);
}

static void
put_id(const char *what, int64_t id, struct str *out)
{
	if (id == PLAN_KEEP_ID)
		return;
	str_put_cstr(out, what);
	str_put_i64(out, id);
}

static void
put_time(const char *what, int64_t when, struct str *out)
{
	if (when == PLAN_KEEP_TIME)
		return;
	str_put_cstr(out, what);
	if (when == PLAN_NOW)
		str_put_cstr(out, "now");
	else
		str_put_i64(out, when);
}

static void
put_new(const struct plan_op *op, struct str *out)
{
	put_id(" uid ", op->uid, out);
	put_id(" gid ", op->gid, out);
	put_mode(op->mode, out);
	if (op->kind == PLAN_CREATE) {
		str_put_cstr(out, " size ");
		str_put_u64(out, op->size);
	}
	put_time(" mtime ", op->mtime, out);
}

void
plan_put_op(const struct plan *p, const struct plan_op *op, struct str *out)
{
	str_put_cstr(out, kinds[op->kind]);
	str_putc(out, ' ');
	if (op->from.n > 0)
		put_place(p, &op->from, out);
	if (op->from.n > 0 && op->to.n > 0)
		str_put_cstr(out, " to ");
	if (op->to.n > 0)
		put_place(p, &op->to, out);
	switch (op->kind) {
	case PLAN_MOVE:
	case PLAN_LINK:
		break;
	case PLAN_MKDIR:
	case PLAN_MKFIFO:
	case PLAN_CREATE:
		put_new(op, out);
		break;
	case PLAN_OWNER:
		put_id(" uid ", op->uid, out);
		put_id(" gid ", op->gid, out);
		break;
	case PLAN_MODE:
		put_mode(op->mode, out);
		break;
	case PLAN_TIMES:
		put_time(" atime ", op->atime, out);
		put_time(" mtime ", op->mtime, out);
		break;
	case PLAN_RESIZE:
		str_put_cstr(out, " to ");
		str_put_u64(out, op->size);
		break;
	case PLAN_PATCH:
		str_put_cstr(out, " at ");
		str_put_u64(out, op->offset);
		str_put_cstr(out, " with ");
		printable_put(out, plan_bytes(p, op));
		break;
	}
}
