/* SPDX-License-Identifier: ISC */
#include <string.h>
#include <sys/stat.h>

#include "qmail/queue_state.h"
#include "qmail/repair/catalogue.h"
#include "qmail/repair/rule.h"

/* Things that no program of qmail put into the queue, or that one left. */

enum { Q701, Q702, Q703, ROWS };

static const struct damage rows[ROWS] = {
    [Q701] = {"Q701", FINDING_NOTE, FINDING_FIX_YES, "foreign object",
        "nothing that belongs into a queue", "quarantine",
        "A core file, an editor, a script, another qmail", "Ignored",
        "look at it, move it out of the queue", NULL},
    [Q702] = {"Q702", FINDING_NOTE, FINDING_FIX_PREEN,
        "old file of an interrupted injection",
        "nobody has written to it for 36 hours", "quarantine",
        "qmail-queue was interrupted", "The cleaner removes it", "remove it",
        NULL},
    [Q703] = {"Q703", FINDING_NOTE, FINDING_FIX_PREEN,
        "second name of a message in pid/",
        "left between two steps of qmail-queue", "quarantine",
        "qmail-queue was killed", "The cleaner removes it", "remove it", NULL},
};

static void
report(struct check *c, const struct inventory_stray *s,
    const struct damage *damage)
{
	struct finding f = finding_of(damage);

	f.path = s->path;
	if (check_report(c, &f))
		rule_quarantine(c, &f, PLAN_TURN_REMOVE, s->path.p,
		    s->file.ino);
}

/* Directories that tools keep in a queue. */
static bool
is_known_guest(const struct inventory_stray *s)
{
	static const char *const guests[] = {"lost+found", "qfixq", "yanked",
	    "trash", "dkim"};
	struct span suppl = s->name;

	if (s->where != INVENTORY_IN_QUEUE || !S_ISDIR(s->file.mode))
		return false;
	for (size_t i = 0; i < sizeof(guests) / sizeof(guests[0]); i++) {
		if (strcmp(guests[i], s->name.p) == 0)
			return true;
	}
	return span_take_prefix(&suppl, SPAN("suppl")) && suppl.n == 1;
}

static void
judge_pid(struct check *c, const struct inventory_stray *s)
{
	int64_t newest =
	    s->file.mtime > s->file.ctime ? s->file.mtime : s->file.ctime;

	/* told as a directory among message files */
	if (S_ISDIR(s->file.mode) ||
	    queue_age(newest, c->wish->now) != QUEUE_OLD)
		return;
	report(c, s, &rows[s->file.nlink > 1 ? Q703 : Q702]);
}

/* Names that other detectors know. */
static bool
is_named_elsewhere(const struct inventory_stray *s)
{
	if (s->where != INVENTORY_IN_TREE)
		return false;
	if (s->extra_dir || s->id != 0)
		return true;
	if (S_ISDIR(s->file.mode) && s->kind == QUEUE_BOUNCE)
		return true;
	return s->name.n == 1 && s->name.p[0] == '0' && !S_ISDIR(s->file.mode);
}

/* A body under the temporary name of another tool. */
static bool
is_peer_body(const struct inventory_stray *s)
{
	struct span name = s->name;
	uint64_t id;

	if (s->where != INVENTORY_IN_TREE || s->kind != QUEUE_MESS ||
	    name.n <= 4 || memcmp(name.p + name.n - 4, ".tmp", 4) != 0)
		return false;
	name.n -= 4;
	return queue_id_parse(name, &id) && id == s->file.ino;
}

static void
find_leftover(struct check *c, const struct inventory_stray *s)
{
	if (s->where == INVENTORY_IN_PID && !S_ISLNK(s->file.mode))
		judge_pid(c, s);
	else if (is_named_elsewhere(s) || is_known_guest(s) || is_peer_body(s))
		return;
	else
		report(c, s,
		    S_ISLNK(s->file.mode) ? damage_find(SPAN("Q504"))
		                          : &rows[Q701]);
}

const struct damage_group damage_leftover = {
    .name = "leftover",
    .row = rows,
    .rows = ROWS,
    .stray = find_leftover,
};
