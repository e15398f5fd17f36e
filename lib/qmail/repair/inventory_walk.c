/* SPDX-License-Identifier: ISC */
#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/dir.h"
#include "base/num.h"
#include "qmail/queue_state.h"
#include "qmail/repair/inventory.h"

/* One message file as its directory names it. */
struct entry {
	uint64_t id, ino;
	unsigned char kind, type;
};

struct entries {
	struct entry *e;
	size_t n, cap;
};

/* A message number of which something lies elsewhere. */
struct displaced {
	uint64_t id;
	unsigned bits;
};

struct walk {
	const struct inventory *inv;
	enum inventory_depth depth;
	const struct inventory_taker *taker;
	struct inventory_counts *counts;
	struct dir dir[QUEUE_KINDS]; /* of what is being read */
	struct entries flat; /* of trees without subdirectories, by (id mod
	                        split, id) */
	size_t flat_at;
	struct entries here; /* of the present subdirectory number */
	uint64_t *odd;       /* numbers to be looked at again */
	size_t odds, odd_cap;
	struct displaced *displaced;
	size_t displaced_n, displaced_cap;
	uint64_t *extra; /* kind * QUEUE_SPLIT_MAX + number of extra dirs */
	size_t extras, extra_cap;
	struct inventory_reader reader;
	bool stop;   /* the taker has enough */
	bool failed; /* no memory */
};

/* Messages in motion go from todo to info; who reads in this order sees each
 * at least once. */
static const enum queue_kind order[QUEUE_KINDS] = {QUEUE_TODO, QUEUE_INFO,
    QUEUE_LOCAL, QUEUE_REMOTE, QUEUE_MESS, QUEUE_INTD, QUEUE_BOUNCE};

static bool
goes_on(const struct walk *w)
{
	return !w->stop && !w->failed;
}

static void
add_number(struct walk *w, uint64_t **list, size_t *n, size_t *cap,
    uint64_t value)
{
	if (!array_grow(list, cap, *n + 1, sizeof(value)))
		w->failed = true;
	else
		(*list)[(*n)++] = value;
}

static void
add_entry(struct walk *w, struct entries *list, const struct entry *e)
{
	if (!array_grow(&list->e, &list->cap, list->n + 1, sizeof(list->e[0])))
		w->failed = true;
	else
		list->e[list->n++] = *e;
}

/* ---- strays -------------------------------------------------------------- */

static void
note_displaced(struct walk *w, uint64_t id, enum queue_kind kind)
{
	if (!array_grow(&w->displaced, &w->displaced_cap, w->displaced_n + 1,
	        sizeof(w->displaced[0]))) {
		w->failed = true;
		return;
	}
	w->displaced[w->displaced_n++] =
	    (struct displaced){.id = id, .bits = QUEUE_BIT(kind)};
}

/* dir_path: of the directory open in d, "" for the queue's own. */
static void
hand_stray(struct walk *w, struct inventory_stray *s, const char *dir_path,
    int dir, struct span name)
{
	char path[512];
	int n = snprintf(path, sizeof(path), "%s%s%s", dir_path,
	    *dir_path == '\0' ? "" : "/", name.p);

	/* names have at most 255 bytes */
	if (n < 0 || (size_t)n >= sizeof(path))
		return;
	s->path = (struct span){path, (size_t)n};
	s->name = name;
	/* gone meanwhile */
	if (!inventory_look_at(dir, name.p, &s->file))
		return;
	if (s->where == INVENTORY_IN_TREE && s->id != 0)
		note_displaced(w, s->id, s->kind);
	w->counts->strays++;
	if (!w->taker->stray(w->taker->context, s))
		w->stop = true;
}

static void
tell_unreadable(struct walk *w, const char *path, const struct err *e)
{
	w->taker->unreadable(w->taker->context, path, e);
}

static int
next_entry(struct walk *w, struct dir *d, const char *path,
    struct dir_entry *entry)
{
	struct err e;
	int rc = dir_next(d, entry);

	if (rc == -1) {
		err_sys(&e, "read directory", path);
		tell_unreadable(w, path, &e);
	}
	return rc;
}

static bool
open_dir(struct walk *w, struct dir *d, const char *path)
{
	struct err e;

	if (dir_open(d, w->inv->queue_dir, path, &e) == 0)
		return true;
	tell_unreadable(w, path, &e);
	return false;
}

/* ---- trees --------------------------------------------------------------- */

static unsigned char
find_type(int dir, const struct dir_entry *raw)
{
	struct inventory_file file;

	if (raw->type != DT_UNKNOWN ||
	    !inventory_look_at(dir, raw->name.p, &file))
		return raw->type;
	return (unsigned char)IFTODT(file.mode);
}

/* An entry of a tree's own directory. */
static void
take_top(struct walk *w, enum queue_kind kind, const struct dir_entry *raw)
{
	struct dir *d = &w->dir[kind];
	bool split = queue_kind_is_split(&w->inv->layout, kind);
	unsigned char type = find_type(d->fd, raw);
	struct inventory_stray s = {.kind = kind, .subdir = -1};
	uint64_t number;

	if (split && type == DT_DIR &&
	    num_parse_canonical(raw->name, QUEUE_SPLIT_MAX - 1, &number)) {
		if (number < w->inv->layout.split)
			return;
		s.extra_dir = true;
		add_number(w, &w->extra, &w->extras, &w->extra_cap,
		    (uint64_t)kind * QUEUE_SPLIT_MAX + number);
	} else if (queue_id_parse(raw->name, &number)) {
		struct entry e = {.id = number,
		    .ino = raw->ino,
		    .kind = (unsigned char)kind,
		    .type = type};

		w->counts->file[kind]++;
		if (!split) {
			add_entry(w, &w->flat, &e);
			return;
		}
		s.id = number;
	}
	hand_stray(w, &s, queue_kind_name(kind), d->fd, raw->name);
}

static void
read_top(struct walk *w, enum queue_kind kind)
{
	const char *path = queue_kind_name(kind);
	struct dir_entry raw;

	if (!open_dir(w, &w->dir[kind], path))
		return;
	while (goes_on(w) && next_entry(w, &w->dir[kind], path, &raw) == 1)
		take_top(w, kind, &raw);
}

/* An entry of a numbered subdirectory. */
static void
take_below(struct walk *w, enum queue_kind kind, uint64_t subdir,
    const char *path, const struct dir_entry *raw)
{
	struct dir *d = &w->dir[kind];
	struct inventory_stray s = {.kind = kind, .subdir = (int64_t)subdir};
	uint64_t split = w->inv->layout.split;

	if (queue_id_parse(raw->name, &s.id)) {
		struct entry e = {.id = s.id,
		    .ino = raw->ino,
		    .kind = (unsigned char)kind};

		w->counts->file[kind]++;
		if (subdir < split && s.id % split == subdir) {
			e.type = find_type(d->fd, raw);
			add_entry(w, &w->here, &e);
			return;
		}
	}
	hand_stray(w, &s, path, d->fd, raw->name);
}

static void
read_below(struct walk *w, enum queue_kind kind, uint64_t subdir)
{
	char path[QUEUE_PATH_MAX];
	struct dir_entry raw;

	(void)snprintf(path, sizeof(path), "%s/%" PRIu64, queue_kind_name(kind),
	    subdir);
	if (!open_dir(w, &w->dir[kind], path))
		return;
	while (goes_on(w) && next_entry(w, &w->dir[kind], path, &raw) == 1)
		take_below(w, kind, subdir, path, &raw);
}

/* ---- messages ------------------------------------------------------------ */

static int
compare_entries(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	if (x->id != y->id)
		return x->id < y->id ? -1 : 1;
	return (int)x->kind - (int)y->kind;
}

/* Sets that need the whole picture, their records and a second look. */
static bool
is_odd(unsigned bits)
{
	unsigned lists = QUEUE_BIT(QUEUE_INFO) | QUEUE_BIT(QUEUE_LOCAL) |
	                 QUEUE_BIT(QUEUE_REMOTE) | QUEUE_BIT(QUEUE_BOUNCE);

	if (queue_row_find(bits)->finding != NULL)
		return true;
	return (bits & QUEUE_BIT(QUEUE_TODO)) != 0 && (bits & lists) != 0;
}

static void
look_closer(struct walk *w, struct inventory_message *m)
{
	enum queue_state state = queue_row_find(m->bits)->state;

	/* how old a set without an envelope is decides about it */
	if (m->depth == INVENTORY_NAMES &&
	    (state == QUEUE_S4 || state == QUEUE_S5))
		return;
	for (enum queue_kind kind = QUEUE_MESS; kind < QUEUE_KINDS; kind++) {
		char name[32];

		if ((m->bits & QUEUE_BIT(kind)) == 0)
			continue;
		(void)snprintf(name, sizeof(name), "%" PRIu64, m->id);
		if (!inventory_look_at(w->dir[kind].fd, name, &m->file[kind]))
			m->bits &= ~QUEUE_BIT(kind);
	}
}

static void
hand_message(struct walk *w, const struct inventory_message *m)
{
	w->counts->messages++;
	if (!w->taker->message(w->taker->context, m))
		w->stop = true;
}

static void
take_message(struct walk *w, const struct entry *e, size_t n)
{
	struct inventory_message m = {.id = e->id, .depth = w->depth};

	for (size_t i = 0; i < n; i++) {
		m.bits |= QUEUE_BIT(e[i].kind);
		m.file[e[i].kind] = (struct inventory_file){
		    .present = true,
		    .ino = e[i].ino,
		    .mode = (uint32_t)DTTOIF(e[i].type),
		};
	}
	if (is_odd(m.bits)) {
		add_number(w, &w->odd, &w->odds, &w->odd_cap, m.id);
		return;
	}
	look_closer(w, &m);
	/* it moved while we were looking */
	if (is_odd(m.bits)) {
		add_number(w, &w->odd, &w->odds, &w->odd_cap, m.id);
		return;
	}
	if (m.depth >= INVENTORY_DEEP)
		inventory_read_records(w->inv, &w->reader, &m);
	if (m.bits != 0)
		hand_message(w, &m);
}

static void
take_here(struct walk *w)
{
	struct entries *list = &w->here;

	if (list->n > 1)
		qsort(list->e, list->n, sizeof(list->e[0]), compare_entries);
	for (size_t i = 0, n; i < list->n && goes_on(w); i += n) {
		n = 1;
		while (i + n < list->n && list->e[i + n].id == list->e[i].id)
			n++;
		take_message(w, &list->e[i], n);
	}
}

static void
read_subdir(struct walk *w, uint64_t subdir)
{
	uint64_t split = w->inv->layout.split;

	w->here.n = 0;
	for (size_t i = 0; i < QUEUE_KINDS; i++) {
		if (queue_kind_is_split(&w->inv->layout, order[i]))
			read_below(w, order[i], subdir);
	}
	while (w->flat_at < w->flat.n &&
	       w->flat.e[w->flat_at].id % split == subdir)
		add_entry(w, &w->here, &w->flat.e[w->flat_at++]);
	take_here(w);
}

/* By subdirectory number; the order inside is made later. */
static void
sort_flat(struct walk *w)
{
	uint64_t split = w->inv->layout.split;
	struct entry *sorted;
	size_t *start, n = 0;

	if (w->flat.n == 0)
		return;
	start = calloc((size_t)split + 1, sizeof(start[0]));
	sorted = calloc(w->flat.n, sizeof(sorted[0]));
	if (start == NULL || sorted == NULL) {
		w->failed = true;
		goto out;
	}
	for (size_t i = 0; i < w->flat.n; i++)
		start[w->flat.e[i].id % split + 1]++;
	for (uint64_t d = 0; d < split; d++) {
		n += start[d];
		start[d] = n;
	}
	for (size_t i = 0; i < w->flat.n; i++)
		sorted[start[w->flat.e[i].id % split]++] = w->flat.e[i];
	memcpy(w->flat.e, sorted, w->flat.n * sizeof(sorted[0]));
out:
	free(start);
	free(sorted);
}

/* ---- what is left -------------------------------------------------------- */

static int
compare_numbers(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static int
compare_displaced(const void *a, const void *b)
{
	const struct displaced *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

/* Both lists are sorted. */
static unsigned
displaced_bits(const struct walk *w, size_t *at, uint64_t id)
{
	unsigned bits = 0;

	while (*at < w->displaced_n && w->displaced[*at].id < id)
		(*at)++;
	for (size_t i = *at; i < w->displaced_n && w->displaced[i].id == id;
	     i++)
		bits |= w->displaced[i].bits;
	return bits;
}

static void
take_odd(struct walk *w, unsigned wait_us)
{
	size_t at = 0;

	if (w->odds == 0)
		return;
	qsort(w->odd, w->odds, sizeof(w->odd[0]), compare_numbers);
	if (w->displaced_n > 1)
		qsort(w->displaced, w->displaced_n, sizeof(w->displaced[0]),
		    compare_displaced);
	if (wait_us > 0)
		(void)usleep(wait_us);
	for (size_t i = 0; i < w->odds && goes_on(w); i++) {
		struct inventory_message m;
		enum inventory_depth depth =
		    w->depth > INVENTORY_DEEP ? w->depth : INVENTORY_DEEP;

		if (i > 0 && w->odd[i] == w->odd[i - 1])
			continue;
		inventory_read_message(w->inv, &w->reader, w->odd[i], depth,
		    &m);
		m.misplaced = displaced_bits(w, &at, m.id);
		if (m.bits != 0)
			hand_message(w, &m);
	}
}

static bool
is_ours(const char *dir_path, struct span name)
{
	static const char *const root[] = {"pid", "lock", "mess", "intd",
	    "todo", "info", "local", "remote", "bounce"};
	static const char *const lock[] = {"sendmutex", "trigger", "tcpto",
	    "tcpto6"};
	bool top = *dir_path == '\0';
	const char *const *list = top ? root : lock;
	size_t n = top ? sizeof(root) / sizeof(root[0])
	               : sizeof(lock) / sizeof(lock[0]);

	for (size_t i = 0; i < n; i++) {
		if (strcmp(list[i], name.p) == 0)
			return true;
	}
	return false;
}

/* The queue directory itself, lock/ and pid/. */
static void
read_other(struct walk *w, enum inventory_where where, const char *path)
{
	struct dir *d = &w->dir[QUEUE_MESS];
	struct dir_entry raw;

	if (!open_dir(w, d, *path == '\0' ? "." : path))
		return;
	while (goes_on(w) && next_entry(w, d, path, &raw) == 1) {
		struct inventory_stray s = {.where = where, .subdir = -1};

		if (where != INVENTORY_IN_PID && is_ours(path, raw.name))
			continue;
		hand_stray(w, &s, path, d->fd, raw.name);
	}
}

static void
read_extras(struct walk *w)
{
	for (size_t i = 0; i < w->extras && goes_on(w); i++)
		read_below(w, (enum queue_kind)(w->extra[i] / QUEUE_SPLIT_MAX),
		    w->extra[i] % QUEUE_SPLIT_MAX);
}

static void
free_walk(struct walk *w)
{
	for (size_t i = 0; i < QUEUE_KINDS; i++)
		dir_free(&w->dir[i]);
	free(w->flat.e);
	free(w->here.e);
	free(w->odd);
	free(w->displaced);
	free(w->extra);
	inventory_reader_free(&w->reader);
}

int
inventory_walk(const struct inventory *inv, enum inventory_depth depth,
    unsigned wait_us, const struct inventory_taker *taker,
    struct inventory_counts *counts, struct err *e)
{
	struct walk w = {
	    .inv = inv,
	    .depth = depth,
	    .taker = taker,
	    .counts = counts,
	};

	*counts = (struct inventory_counts){0};
	for (size_t i = 0; i < QUEUE_KINDS; i++)
		w.dir[i] = (struct dir){.fd = -1};
	read_other(&w, INVENTORY_IN_QUEUE, "");
	read_other(&w, INVENTORY_IN_LOCK, "lock");
	read_other(&w, INVENTORY_IN_PID, "pid");
	for (size_t i = 0; i < QUEUE_KINDS && goes_on(&w); i++)
		read_top(&w, order[i]);
	/* now the directory of a flat tree stays open for its files */
	read_extras(&w);
	sort_flat(&w);
	for (uint64_t d = 0; d < inv->layout.split && goes_on(&w); d++)
		read_subdir(&w, d);
	if (goes_on(&w))
		take_odd(&w, wait_us);
	free_walk(&w);
	if (w.failed)
		return err_set(e, ERR_SYS, "out of memory");
	return 0;
}
