/* SPDX-License-Identifier: ISC */
#include "qmail/queue_survey.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/dir.h"
#include "base/num.h"

enum { SUPPL_MAX = 9, MEMBER_MAX = 1000 };

static const enum queue_kind split_trees[] = {QUEUE_MESS, QUEUE_INFO,
    QUEUE_LOCAL, QUEUE_REMOTE};
enum { SPLIT_TREES = sizeof(split_trees) / sizeof(split_trees[0]) };

static bool
is_dir(int dir, const char *path)
{
	struct stat st;

	return fstatat(dir, path, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       S_ISDIR(st.st_mode);
}

static bool
is_dir_entry(const struct dir *d, const struct dir_entry *entry)
{
	if (entry->type == DT_UNKNOWN)
		return is_dir(d->fd, entry->name.p);
	return entry->type == DT_DIR;
}

static void
survey_tree(struct dir *d, int queue_dir, enum queue_kind kind,
    struct queue_tree *t)
{
	struct dir_entry entry;
	int rc;

	*t = (struct queue_tree){
	    .present = is_dir(queue_dir, queue_kind_name(kind)),
	};
	if (!t->present ||
	    dir_open(d, queue_dir, queue_kind_name(kind), NULL) == -1)
		return;
	for (;;) {
		uint64_t number;

		rc = dir_next(d, &entry);
		if (rc != 1)
			break;
		if (!num_parse_canonical(entry.name, QUEUE_SPLIT_MAX,
		        &number) ||
		    !is_dir_entry(d, &entry))
			continue;
		t->subdirs++;
		if (number > t->largest)
			t->largest = number;
	}
	t->readable = rc == 0;
}

static bool
has_hole(const struct queue_tree *t)
{
	return t->subdirs == 0 ? false : t->largest != t->subdirs - 1;
}

/* How many split trees have subdirectories up to this one. */
static unsigned
votes(const struct queue_survey *s, uint64_t largest)
{
	unsigned n = 0;

	for (size_t i = 0; i < SPLIT_TREES; i++) {
		const struct queue_tree *t = &s->tree[split_trees[i]];

		if (t->subdirs > 0 && t->largest == largest)
			n++;
	}
	return n;
}

static uint64_t
best_split(const struct queue_survey *s)
{
	uint64_t best = s->tree[QUEUE_MESS].largest;

	for (size_t i = 0; i < SPLIT_TREES; i++) {
		const struct queue_tree *t = &s->tree[split_trees[i]];

		if (t->subdirs > 0 && votes(s, t->largest) > votes(s, best))
			best = t->largest;
	}
	return best + 1;
}

/* A tree that cannot be listed says nothing against the queue. */
static bool
tree_is_sound(const struct queue_survey *s, enum queue_kind kind)
{
	const struct queue_tree *t = &s->tree[kind];

	if (!t->present)
		return false;
	if (!t->readable || kind == QUEUE_BOUNCE)
		return true;
	if (!queue_kind_is_split(&s->layout, kind))
		return t->subdirs == 0;
	return !has_hole(t) && t->subdirs == s->layout.split;
}

static void
find_suppl(struct queue_survey *s, int queue_dir)
{
	for (unsigned i = 0; i <= SUPPL_MAX; i++) {
		char name[16];

		(void)snprintf(name, sizeof(name), "suppl%u", i);
		if (is_dir(queue_dir, name))
			s->suppl |= 1U << i;
	}
}

int
queue_survey_load(struct queue_survey *s, int queue_dir, struct err *e)
{
	struct dir d = {.fd = -1};

	*s = (struct queue_survey){0};
	/* asked first for the sake of the message */
	if (dir_open(&d, queue_dir, "mess", e) == -1) {
		dir_free(&d);
		return -1;
	}
	for (enum queue_kind kind = QUEUE_MESS; kind < QUEUE_KINDS; kind++)
		survey_tree(&d, queue_dir, kind, &s->tree[kind]);
	dir_free(&d);
	if (s->tree[QUEUE_MESS].subdirs == 0) {
		errno = ENOENT;
		return err_sys(e, "open directory", "mess/0");
	}
	s->layout.split = best_split(s);
	/* in a flat queue todo/0 could only be a message, hence a file */
	s->layout.split_todo = is_dir(queue_dir, "todo/0");
	find_suppl(s, queue_dir);
	s->sound = true;
	for (enum queue_kind kind = QUEUE_MESS; kind < QUEUE_KINDS; kind++) {
		if (!tree_is_sound(s, kind))
			s->sound = false;
	}
	return 0;
}

static void
put_tree(const struct queue_survey *s, enum queue_kind kind, struct str *out)
{
	const struct queue_tree *t = &s->tree[kind];

	str_put_cstr(out, queue_kind_name(kind));
	if (!t->present) {
		str_put_cstr(out, ": missing\n");
		return;
	}
	if (!t->readable) {
		str_put_cstr(out, ": not readable\n");
		return;
	}
	if (t->subdirs == 0) {
		str_put_cstr(out, ": flat\n");
		return;
	}
	str_put_cstr(out, ": ");
	str_put_u64(out, t->subdirs);
	str_put_cstr(out, " subdirectories, the last is ");
	str_put_u64(out, t->largest);
	if (has_hole(t))
		str_put_cstr(out, ", some are missing");
	else if (t->subdirs != s->layout.split)
		str_put_cstr(out, ", other trees have another number");
	str_putc(out, '\n');
}

void
queue_survey_put(const struct queue_survey *s, struct str *out)
{
	for (enum queue_kind kind = QUEUE_MESS; kind < QUEUE_KINDS; kind++)
		put_tree(s, kind, out);
	for (unsigned i = 0; i <= SUPPL_MAX; i++) {
		if ((s->suppl >> i & 1) == 0)
			continue;
		str_put_cstr(out, "suppl");
		str_put_u64(out, i);
		str_put_cstr(out, ": supplementary channel\n");
	}
}

static bool
is_member_name(struct span name)
{
	uint64_t number;

	if (span_eq(name, SPAN("nqueue")) || span_eq(name, SPAN("slowq")) ||
	    span_eq(name, SPAN("qmta")))
		return true;
	return span_take_prefix(&name, SPAN("queue")) &&
	       num_parse_canonical(name, MEMBER_MAX, &number);
}

int
queue_survey_members(int base_dir, struct str *names, struct err *e)
{
	struct dir d = {.fd = -1};
	struct dir_entry entry;
	int rc;

	if (dir_open(&d, base_dir, ".", e) == -1) {
		dir_free(&d);
		return -1;
	}
	for (;;) {
		char path[300];

		rc = dir_next(&d, &entry);
		if (rc != 1)
			break;
		if (!is_member_name(entry.name))
			continue;
		(void)snprintf(path, sizeof(path), "%s/mess", entry.name.p);
		if (!is_dir(base_dir, path))
			continue;
		str_put(names, entry.name);
		str_putc(names, '\0');
	}
	if (rc == -1)
		err_sys(e, "read directory", ".");
	dir_free(&d);
	return rc;
}
