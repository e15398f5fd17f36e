/* SPDX-License-Identifier: ISC */
#include "qmail/repair/inventory.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "qmail/queue_state.h"

static void
describe(const struct statx *st, struct inventory_file *file)
{
	uint64_t fixed = STATX_ATTR_IMMUTABLE | STATX_ATTR_APPEND;

	*file = (struct inventory_file){
	    .present = true,
	    .mode = st->stx_mode,
	    .uid = st->stx_uid,
	    .gid = st->stx_gid,
	    .nlink = st->stx_nlink,
	    .dev = makedev(st->stx_dev_major, st->stx_dev_minor),
	    .ino = st->stx_ino,
	    .size = st->stx_size,
	    .atime = st->stx_atime.tv_sec,
	    .mtime = st->stx_mtime.tv_sec,
	    .ctime = st->stx_ctime.tv_sec,
	    .fixed = (st->stx_attributes & fixed) != 0,
	};
}

bool
inventory_look_at(int dir, const char *name, struct inventory_file *file)
{
	struct statx st;
	int flags = AT_SYMLINK_NOFOLLOW | AT_STATX_DONT_SYNC;

	if (*name == '\0')
		flags |= AT_EMPTY_PATH;
	if (statx(dir, name, flags, STATX_BASIC_STATS, &st) == -1) {
		*file = (struct inventory_file){0};
		return false;
	}
	describe(&st, file);
	return true;
}

bool
inventory_look(const struct inventory *inv, const char *path,
    struct inventory_file *file)
{
	return inventory_look_at(inv->queue_dir, path, file);
}

/* Whoever owns the directories is believed: for an unpacked copy, whose users
 * have other numbers or none. */
static void
learn_ids(struct inventory *inv)
{
	struct inventory_file mess, info, tcpto;

	if (!inventory_look(inv, "mess", &mess) ||
	    !inventory_look(inv, "info", &info))
		return;
	if (!inventory_look(inv, "lock/tcpto", &tcpto))
		tcpto.uid = info.uid;
	inv->ids = (struct inventory_ids){
	    .qmailq = mess.uid,
	    .qmails = info.uid,
	    .qmailr = tcpto.uid,
	    .qmail = mess.gid,
	    .known = true,
	    .learned = true,
	};
}

void
inventory_open(struct inventory *inv, int queue_dir,
    const struct inventory_ids *ids, uint64_t split)
{
	*inv = (struct inventory){.queue_dir = queue_dir, .ids = *ids};
	if (!inventory_look(inv, "", &inv->root))
		err_sys(&inv->trouble, "examine", "the queue directory");
	inv->is_queue =
	    queue_survey_load(&inv->survey, queue_dir, &inv->trouble) == 0;
	inv->layout = inv->survey.layout;
	if (split > 0) {
		inv->layout.split = split;
		inv->is_queue = true;
	}
	if (!inv->ids.known)
		learn_ids(inv);
}

int64_t
inventory_birth(const struct inventory_message *m)
{
	static const enum queue_kind order[] = {QUEUE_INFO, QUEUE_MESS,
	    QUEUE_TODO, QUEUE_INTD, QUEUE_LOCAL, QUEUE_REMOTE, QUEUE_BOUNCE};

	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		if (m->file[order[i]].present && m->file[order[i]].mtime != 0)
			return m->file[order[i]].mtime;
	}
	return 0;
}

/* ---- one message --------------------------------------------------------- */

static bool
wants_records(enum queue_kind kind, enum inventory_depth depth, unsigned bits)
{
	if (depth == INVENTORY_BODIES)
		return true;
	/* the first line of a fresh message names who wrote its envelope */
	if (kind == QUEUE_MESS)
		return depth == INVENTORY_DEEP &&
		       (bits & QUEUE_BIT(QUEUE_TODO)) != 0;
	return depth == INVENTORY_DEEP;
}

void
inventory_read_records(const struct inventory *inv, struct inventory_reader *r,
    struct inventory_message *m)
{
	for (enum queue_kind kind = QUEUE_MESS; kind < QUEUE_KINDS; kind++) {
		const struct inventory_file *f = &m->file[kind];

		m->records[kind] = NULL;
		if (!f->present || !S_ISREG(f->mode) ||
		    !wants_records(kind, m->depth, m->bits))
			continue;
		records_load(&r->records[kind], inv->queue_dir,
		    queue_path(&inv->layout, kind, m->id).text, kind, f->ino,
		    f->size);
		m->records[kind] = &r->records[kind];
	}
}

void
inventory_read_message(const struct inventory *inv, struct inventory_reader *r,
    uint64_t id, enum inventory_depth depth, struct inventory_message *m)
{
	*m = (struct inventory_message){.id = id, .depth = depth};
	for (enum queue_kind kind = QUEUE_MESS; kind < QUEUE_KINDS; kind++) {
		if (inventory_look(inv, queue_path(&inv->layout, kind, id).text,
		        &m->file[kind]))
			m->bits |= QUEUE_BIT(kind);
	}
	inventory_read_records(inv, r, m);
}

void
inventory_reader_free(struct inventory_reader *r)
{
	for (size_t i = 0; i < QUEUE_KINDS; i++)
		records_free(&r->records[i]);
}
