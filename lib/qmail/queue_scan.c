/* SPDX-License-Identifier: ISC */
#include "qmail/queue_scan.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/array.h"
#include "qmail/queue_walk.h"

enum {
	SLOTS_MIN = 1024,
	/* the index holds positions in 32 bits */
	ITEMS_MAX = INT32_MAX,
};

static const enum queue_kind order[QUEUE_KINDS] = {QUEUE_TODO, QUEUE_INFO,
    QUEUE_LOCAL, QUEUE_REMOTE, QUEUE_MESS, QUEUE_INTD, QUEUE_BOUNCE};

/* ---- index --------------------------------------------------------------- */

/* Message numbers are inode numbers of this machine, nobody chooses them: a
 * multiplication spreads them well enough. */
static size_t
first_slot(const struct queue_scan *s, uint64_t id)
{
	return (size_t)(id * 0x9e3779b97f4a7c15 >> 20) & (s->slots - 1);
}

/* The slot of id, or the free one where it belongs. */
static size_t
find_slot(const struct queue_scan *s, uint64_t id)
{
	size_t at = first_slot(s, id);

	while (s->slot[at] != 0 && s->item[s->slot[at] - 1].id != id)
		at = (at + 1) & (s->slots - 1);
	return at;
}

/* Keeps a third of the slots free. */
static bool
grow_index(struct queue_scan *s)
{
	size_t slots = s->slots == 0 ? SLOTS_MIN : s->slots * 2;
	uint32_t *slot;

	if (s->n < s->slots - s->slots / 3)
		return true;
	slot = calloc(slots, sizeof(slot[0]));
	if (slot == NULL)
		return false;
	free(s->slot);
	s->slot = slot;
	s->slots = slots;
	for (size_t i = 0; i < s->n; i++)
		s->slot[find_slot(s, s->item[i].id)] = (uint32_t)(i + 1);
	return true;
}

static struct queue_item *
find_or_add(struct queue_scan *s, uint64_t id)
{
	size_t at;

	if (!grow_index(s))
		return NULL;
	at = find_slot(s, id);
	if (s->slot[at] != 0)
		return &s->item[s->slot[at] - 1];
	if (s->n == ITEMS_MAX ||
	    !array_grow(&s->item, &s->cap, s->n + 1, sizeof(s->item[0])))
		return NULL;
	s->item[s->n] = (struct queue_item){.id = id};
	s->slot[at] = (uint32_t)++s->n;
	return &s->item[s->n - 1];
}

struct queue_item *
queue_scan_find(const struct queue_scan *s, uint64_t id)
{
	size_t at;

	if (s->slots == 0)
		return NULL;
	at = find_slot(s, id);
	return s->slot[at] == 0 ? NULL : &s->item[s->slot[at] - 1];
}

/* ---- reading ------------------------------------------------------------- */

static uint64_t
common_divisor(uint64_t a, uint64_t b)
{
	while (b != 0) {
		uint64_t rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

static void
note_split(struct queue_scan *s, const struct queue_entry *entry)
{
	uint64_t d = (uint64_t)entry->subdir, *g = &s->divisor[entry->kind];

	if (entry->subdir >= 0)
		*g = common_divisor(entry->id > d ? entry->id - d
		                                  : d - entry->id,
		    *g);
}

static bool
add_entry(struct queue_scan *s, const struct queue_entry *entry)
{
	unsigned char bit = (unsigned char)QUEUE_BIT(entry->kind);
	struct queue_item *item;

	if (entry->id == 0) {
		s->foreign[entry->kind]++;
		return true;
	}
	item = find_or_add(s, entry->id);
	if (item == NULL)
		return false;
	s->count[entry->kind]++;
	note_split(s, entry);
	if (entry->misplaced) {
		item->misplaced |= bit;
		return true;
	}
	item->bits |= bit;
	if (entry->type != DT_REG)
		item->odd |= bit;
	if (entry->kind == QUEUE_MESS)
		item->ino = entry->ino;
	return true;
}

static void
note_trouble(struct queue_scan *s, const struct queue_walk *w,
    const struct err *e)
{
	if (s->unreadable == 0) {
		s->trouble_dir = queue_walk_dir(w);
		s->trouble = *e;
	}
	s->unreadable |= QUEUE_BIT(w->kind);
}

/* False without memory. */
static bool
load_tree(struct queue_scan *s, struct queue_walk *w, int queue_dir,
    const struct queue_layout *layout, enum queue_kind kind)
{
	struct queue_entry entry;
	struct err e;

	if (queue_walk_open(w, queue_dir, layout, kind, &e) == -1) {
		note_trouble(s, w, &e);
		return true;
	}
	for (;;) {
		int rc = queue_walk_next(w, &entry, &e);

		if (rc == 0)
			return true;
		if (rc == -1)
			note_trouble(s, w, &e);
		else if (!add_entry(s, &entry))
			return false;
	}
}

void
queue_scan_look_again(struct queue_item *item, int queue_dir,
    const struct queue_layout *layout)
{
	item->bits = item->odd = 0;
	item->ino = 0;
	for (size_t i = 0; i < QUEUE_KINDS; i++) {
		enum queue_kind kind = order[i];
		struct queue_path path = queue_path(layout, kind, item->id);
		struct stat st;

		if (fstatat(queue_dir, path.text, &st, AT_SYMLINK_NOFOLLOW) ==
		    -1)
			continue;
		item->bits |= (unsigned char)QUEUE_BIT(kind);
		if (!S_ISREG(st.st_mode))
			item->odd |= (unsigned char)QUEUE_BIT(kind);
		if (kind == QUEUE_MESS)
			item->ino = st.st_ino;
	}
}

int
queue_scan_load(struct queue_scan *s, int queue_dir,
    const struct queue_layout *layout, unsigned kinds, struct err *e)
{
	struct queue_walk walk = QUEUE_WALK_INIT;
	bool ok = true;

	*s = (struct queue_scan){0};
	for (size_t i = 0; i < QUEUE_KINDS && ok; i++) {
		if ((kinds & QUEUE_BIT(order[i])) != 0)
			ok = load_tree(s, &walk, queue_dir, layout, order[i]);
	}
	queue_walk_free(&walk);
	if (!ok) {
		queue_scan_free(s);
		errno = ENOMEM;
		return err_sys(e, "list", "the queue");
	}
	if (kinds != QUEUE_SETS - 1)
		return 0;
	for (size_t i = 0; i < s->n; i++) {
		if (queue_set_is_broken(s->item[i].bits))
			queue_scan_look_again(&s->item[i], queue_dir, layout);
	}
	return 0;
}

void
queue_scan_free(struct queue_scan *s)
{
	free(s->item);
	free(s->slot);
	*s = (struct queue_scan){0};
}

uint64_t
queue_split_guess(uint64_t divisor, uint64_t largest)
{
	uint64_t found = 0;

	for (uint64_t n = largest + 1; n <= QUEUE_SPLIT_MAX && n <= divisor;
	     n++) {
		if (divisor % n != 0)
			continue;
		if (found != 0)
			return 0;
		found = n;
	}
	return found;
}
