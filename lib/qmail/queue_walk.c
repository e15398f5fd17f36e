/* SPDX-License-Identifier: ISC */
#include "qmail/queue_walk.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/array.h"
#include "base/num.h"

enum { IN_TREE = -1 };

int
queue_walk_open(struct queue_walk *w, int queue_dir,
    const struct queue_layout *layout, enum queue_kind kind, struct err *e)
{
	w->queue_dir = queue_dir;
	w->layout = layout;
	w->kind = kind;
	w->subdir = IN_TREE;
	w->extras = 0;
	w->in_dir = dir_open(&w->dir, queue_dir, queue_kind_name(kind), e) == 0;
	return w->in_dir ? 0 : -1;
}

void
queue_walk_free(struct queue_walk *w)
{
	dir_free(&w->dir);
	free(w->extra);
	*w = (struct queue_walk)QUEUE_WALK_INIT;
}

int
queue_walk_fd(const struct queue_walk *w)
{
	return w->dir.fd;
}

struct queue_path
queue_walk_dir(const struct queue_walk *w)
{
	struct queue_path path;

	if (w->subdir == IN_TREE)
		(void)snprintf(path.text, sizeof(path.text), "%s",
		    queue_kind_name(w->kind));
	else
		(void)snprintf(path.text, sizeof(path.text), "%s/%" PRId64,
		    queue_kind_name(w->kind), w->subdir);
	return path;
}

/* The subdirectory after the one in work; false when there is none. */
static bool
next_subdir(struct queue_walk *w)
{
	uint64_t at;

	if (!queue_kind_is_split(w->layout, w->kind))
		return false;
	at = (uint64_t)(w->subdir + 1);
	if (at < w->layout->split) {
		w->subdir++;
		return true;
	}
	if (w->extras == 0)
		return false;
	w->subdir = (int64_t)w->extra[--w->extras];
	return true;
}

/* 1 when a directory is open, 0 at the end, -1. */
static int
enter_next(struct queue_walk *w, struct err *e)
{
	struct queue_path path;

	dir_close(&w->dir);
	w->in_dir = false;
	if (!next_subdir(w))
		return 0;
	path = queue_walk_dir(w);
	if (dir_open(&w->dir, w->queue_dir, path.text, e) == -1)
		return -1;
	w->in_dir = true;
	return 1;
}

static unsigned char
find_type(int dir, const struct dir_entry *raw)
{
	struct stat st;

	if (raw->type != DT_UNKNOWN)
		return raw->type;
	if (fstatat(dir, raw->name.p, &st, AT_SYMLINK_NOFOLLOW) == -1)
		return DT_UNKNOWN;
	return (unsigned char)IFTODT(st.st_mode);
}

/* True for a subdirectory of a split tree, which is no entry of its own. */
static bool
is_subdir(struct queue_walk *w, const struct dir_entry *raw, unsigned char type)
{
	uint64_t number;

	if (w->subdir != IN_TREE || type != DT_DIR ||
	    !queue_kind_is_split(w->layout, w->kind) ||
	    !num_parse_canonical(raw->name, QUEUE_SPLIT_MAX, &number))
		return false;
	if (number < w->layout->split)
		return true;
	/* without memory it is shown as an entry, which it also is */
	if (!array_grow(&w->extra, &w->cap, w->extras + 1, sizeof(w->extra[0])))
		return false;
	w->extra[w->extras++] = number;
	return true;
}

static bool
is_misplaced(const struct queue_walk *w, uint64_t id)
{
	if (id == 0 || !queue_kind_is_split(w->layout, w->kind))
		return false;
	return w->subdir == IN_TREE ||
	       id % w->layout->split != (uint64_t)w->subdir;
}

static void
describe(const struct queue_walk *w, const struct dir_entry *raw,
    unsigned char type, struct queue_entry *entry)
{
	*entry = (struct queue_entry){
	    .kind = w->kind,
	    .subdir = w->subdir,
	    .name = raw->name,
	    .ino = raw->ino,
	    .type = type,
	};
	if (queue_id_parse(raw->name, &entry->id))
		entry->misplaced = is_misplaced(w, entry->id);
}

int
queue_walk_next(struct queue_walk *w, struct queue_entry *entry, struct err *e)
{
	for (;;) {
		struct dir_entry raw;
		unsigned char type;
		int rc;

		if (!w->in_dir) {
			rc = enter_next(w, e);
			if (rc != 1)
				return rc;
		}
		rc = dir_next(&w->dir, &raw);
		if (rc != 1)
			w->in_dir = false;
		if (rc == -1)
			return err_sys(e, "read directory",
			    queue_walk_dir(w).text);
		if (rc == 0)
			continue;
		type = find_type(w->dir.fd, &raw);
		if (is_subdir(w, &raw, type))
			continue;
		describe(w, &raw, type, entry);
		return 1;
	}
}
