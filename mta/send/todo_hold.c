/* SPDX-License-Identifier: ISC */
#include "mta/send/todo_hold.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/array.h"

/* More failing entries than this are a disaster that memory cannot help. */
enum { HOLD_MAX = 65536 };

void
todo_hold_free(struct todo_hold *h)
{
	free(h->items);
	*h = (struct todo_hold){0};
}

/* Where the id is, or belongs. */
static size_t
place(const struct todo_hold *h, uint64_t id)
{
	size_t low = 0, high = h->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (h->items[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool
is_at(const struct todo_hold *h, size_t i, uint64_t id)
{
	return i < h->n && h->items[i].id == id;
}

static void
remove_at(struct todo_hold *h, size_t i)
{
	h->n--;
	memmove(h->items + i, h->items + i + 1, (h->n - i) * sizeof(*h->items));
}

static struct todo_held
examine(const struct todo_work *w, uint64_t id)
{
	struct queue_path path = queue_path(&w->layout, QUEUE_TODO, id);
	struct todo_held held = {.id = id};
	struct stat st;

	if (fstatat(w->queue, path.text, &st, AT_SYMLINK_NOFOLLOW) == 0) {
		held.ino = st.st_ino;
		held.changed = st.st_ctim;
	}
	return held;
}

static bool
is_same_file(const struct todo_held *a, const struct todo_held *b)
{
	return a->ino == b->ino && a->changed.tv_sec == b->changed.tv_sec &&
	       a->changed.tv_nsec == b->changed.tv_nsec;
}

int64_t
todo_hold_until(struct todo_hold *h, const struct todo_work *w, uint64_t id,
    int64_t now)
{
	struct todo_held seen;
	size_t i = place(h, id);
	int64_t until;

	if (!is_at(h, i, id))
		return 0;
	seen = examine(w, id);
	if (!is_same_file(&h->items[i], &seen)) {
		remove_at(h, i);
		return 0;
	}
	until = h->items[i].until;
	/* a clock that was set back must not hold it for ever */
	return until > now && until <= now + TODO_HOLD_DAMAGED_S ? until : 0;
}

static int64_t
delay(enum todo_result result, unsigned failures)
{
	if (result == TODO_DAMAGED)
		return TODO_HOLD_DAMAGED_S;
	return failures > TODO_HOLD_PATIENCE ? TODO_HOLD_STUBBORN_S
	                                     : TODO_HOLD_TROUBLE_S;
}

int64_t
todo_hold_put(struct todo_hold *h, const struct todo_work *w, uint64_t id,
    enum todo_result result, int64_t now)
{
	struct todo_held held = examine(w, id);
	size_t i = place(h, id);

	if (is_at(h, i, id)) {
		held.failures = h->items[i].failures;
		remove_at(h, i);
	}
	/* a full disk is no fault of the entry */
	if (result != TODO_HALT)
		held.failures++;
	held.until = now + delay(result, held.failures);
	if (h->n >= HOLD_MAX ||
	    !array_grow(&h->items, &h->cap, h->n + 1, sizeof(*h->items)))
		return held.until;
	memmove(h->items + i + 1, h->items + i, (h->n - i) * sizeof(*h->items));
	h->items[i] = held;
	h->n++;
	return held.until;
}

void
todo_hold_forget(struct todo_hold *h, uint64_t id)
{
	size_t i = place(h, id);

	if (is_at(h, i, id))
		remove_at(h, i);
}
