/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "qmail/queue_state.h"
#include "qmail/received.h"
#include "qmail/repair/catalogue.h"
#include "qmail/repair/rename.h"
#include "qmail/repair/rule.h"

/* Names of messages, and the subdirectories they lie in. */

enum { Q301, Q302, Q305, Q307, Q308, Q309, Q310, Q311, ROWS };

static const struct damage rows[ROWS] = {
    [Q301] = {"Q301", FINDING_FAIL, FINDING_FIX_YES,
        "message name is not its inode number",
        "inode number is {inode}; a new message that gets the number is "
        "refused",
        "rename", "The queue was restored or copied",
        "Delivery works; sooner or later qmail-queue fails for a new message",
        "stop qmail-send; rename all files of the message to the inode number "
        "of its mess file, in subdirectory number mod split",
        "qq trouble creating files in queue"},
    [Q302] = {"Q302", FINDING_LOSS, FINDING_FIX_YES,
        "file in the wrong subdirectory", "belongs into {want}", "move",
        "By hand, or the split was changed with mail in the queue",
        "qmail-send does not see it; a message whose lists are misplaced is "
        "ended and removed",
        "stop qmail-send; move it to subdirectory number mod split", NULL},
    [Q305] = {"Q305", FINDING_LOSS, FINDING_FIX_MANUAL,
        "two files for one place", "{want} exists already", "choose",
        "Two backups were merged", "The one in the right place is used",
        "compare both, move one of them away", NULL},
    [Q307] = {"Q307", FINDING_FAIL, FINDING_FIX_YES,
        "temporary name of a repair tool",
        "left by a repair that was interrupted; it is message {id}", "rename",
        "A repair tool was interrupted", "The message is not seen",
        "stop qmail-send; rename it without the suffix", NULL},
    [Q308] = {"Q308", FINDING_LOSS, FINDING_FIX_YES, "message number 0",
        "no message can have this number", "quarantine", "By hand",
        "qmail does not know what to do with it", "move it out of the queue",
        NULL},
    [Q309] = {"Q309", FINDING_NOTE, FINDING_FIX_YES,
        "second name of a message file", "the same file as message {inode}",
        "quarantine", "A backup by hard links, or by hand",
        "Two messages share a body",
        "remove the name that is not the inode number", NULL},
    [Q310] = {"Q310", FINDING_NOTE, FINDING_FIX_PREEN,
        "todo and intd are two files", "not a link to the todo entry",
        "quarantine", "A restore that does not keep hard links",
        "Harmless while both are alike", "move intd/N away", NULL},
    [Q311] = {"Q311", FINDING_LEAK, FINDING_FIX_MANUAL,
        "body and envelope do not belong together", "{evidence}", "hold",
        "Bodies were exchanged, or restored from another backup than the rest",
        "Recipients get somebody else's mail",
        "compare the Received line of the body with the log", NULL},
};

static struct finding
make_finding(int row, const struct inventory_message *m)
{
	struct finding f = finding_of(&rows[row]);

	f.id = m->id;
	f.birth = inventory_birth(m);
	return f;
}

static struct queue_path
path_of(const struct check *c, enum queue_kind kind, uint64_t id)
{
	return queue_path(&c->inv->layout, kind, id);
}

/* ---- one message --------------------------------------------------------- */

static void
judge_pair(struct check *c, const struct inventory_message *m)
{
	const struct inventory_file *todo = &m->file[QUEUE_TODO];
	const struct inventory_file *intd = &m->file[QUEUE_INTD];
	struct queue_path path = path_of(c, QUEUE_INTD, m->id);
	struct finding f;

	if (!todo->present || !intd->present || todo->ino == intd->ino)
		return;
	f = make_finding(Q310, m);
	f.path = span_cstr(path.text);
	if (check_report(c, &f))
		rule_quarantine(c, &f, PLAN_TURN_REMOVE, path.text, intd->ino);
}

static void
report_exchange(struct check *c, const struct inventory_message *m,
    const char *evidence)
{
	struct queue_path path = path_of(c, QUEUE_MESS, m->id);
	struct finding f = make_finding(Q311, m);

	f.path = span_cstr(path.text);
	finding_add_text(&f, "evidence", span_cstr(evidence));
	(void)check_report(c, &f);
}

static bool
take_received(const struct records *body, struct received *line)
{
	const char *end = body->bytes.n == 0
	                      ? NULL
	                      : memchr(body->bytes.p, '\n', body->bytes.n);

	return end != NULL && received_parse((struct span){body->bytes.p,
	                                         (size_t)(end - body->bytes.p)},
	                          line) == RECEIVED_OK;
}

static void
judge_exchange(struct check *c, const struct inventory_message *m)
{
	const struct records *body = m->records[QUEUE_MESS];
	const struct records *todo = m->records[QUEUE_TODO];
	struct received line;

	if (body == NULL || todo == NULL || !todo->has_ids ||
	    !take_received(body, &line))
		return;
	if (line.pid != todo->qp)
		report_exchange(c, m,
		    "another process wrote the body than the envelope");
	else if (line.how == RECEIVED_BY_UID && line.uid != todo->uid)
		report_exchange(c, m,
		    "another user wrote the body than the envelope");
}

static void
find_naming(struct check *c, const struct inventory_message *m)
{
	judge_pair(c, m);
	judge_exchange(c, m);
}

/* ---- strays -------------------------------------------------------------- */

static void
judge_misplaced(struct check *c, const struct inventory_stray *s)
{
	struct queue_path want = path_of(c, s->kind, s->id);
	struct inventory_file there;
	bool taken = inventory_look(c->inv, want.text, &there);
	bool same = taken && there.ino == s->file.ino;
	struct finding f = finding_of(&rows[taken && !same ? Q305 : Q302]);

	f.id = s->id;
	f.birth = s->file.mtime;
	f.path = s->path;
	finding_add_text(&f, "want", span_cstr(want.text));
	if (same)
		f.action = "quarantine";
	if (!check_report(c, &f))
		return;
	if (same) {
		rule_quarantine(c, &f, PLAN_TURN_PLACE, s->path.p, s->file.ino);
		return;
	}
	/* lists have to be there before info shows the message */
	plan_begin(c->plan, &f,
	    s->kind == QUEUE_INFO || s->kind == QUEUE_TODO ? PLAN_TURN_REVEAL
	                                                   : PLAN_TURN_PLACE,
	    PLAN_FIX);
	plan_move(c->plan, s->path.p, s->file.ino, PLAN_QUEUE, want.text);
	plan_end(c->plan);
}

/* "123.tmp" whose inode number is 123. */
static bool
is_peer_name(const struct inventory_stray *s, uint64_t *id)
{
	static const struct span suffix = SPAN_INIT(".tmp");
	struct span name = s->name;

	if (s->kind != QUEUE_MESS || name.n <= suffix.n ||
	    memcmp(name.p + name.n - suffix.n, suffix.p, suffix.n) != 0)
		return false;
	name.n -= suffix.n;
	return queue_id_parse(name, id) && *id == s->file.ino;
}

static void
judge_name(struct check *c, const struct inventory_stray *s)
{
	bool zero =
	    s->name.n == 1 && s->name.p[0] == '0' && !S_ISDIR(s->file.mode);
	struct inventory_file there;
	struct finding f = finding_of(&rows[zero ? Q308 : Q307]);
	struct queue_path want;

	f.path = s->path;
	if (zero) {
		if (check_report(c, &f))
			rule_quarantine(c, &f, PLAN_TURN_REMOVE, s->path.p,
			    s->file.ino);
		return;
	}
	if (!is_peer_name(s, &f.id))
		return;
	want = path_of(c, QUEUE_MESS, f.id);
	if (inventory_look(c->inv, want.text, &there))
		return;
	finding_add_number(&f, "id", f.id);
	if (!check_report(c, &f))
		return;
	plan_begin(c->plan, &f, PLAN_TURN_PLACE, PLAN_FIX);
	plan_move(c->plan, s->path.p, s->file.ino, PLAN_QUEUE, want.text);
	plan_end(c->plan);
}

static void
find_misplaced(struct check *c, const struct inventory_stray *s)
{
	if (s->where != INVENTORY_IN_TREE || s->extra_dir)
		return;
	if (s->id != 0)
		judge_misplaced(c, s);
	else
		judge_name(c, s);
}

/* ---- names against inodes ------------------------------------------------ */

static void
report_double(struct check *c, const struct check_rename *r)
{
	struct queue_path path = path_of(c, QUEUE_MESS, r->id);
	struct finding f = finding_of(&rows[Q309]);

	f.id = r->id;
	f.path = span_cstr(path.text);
	finding_add_number(&f, "inode", r->ino);
	if (check_report(c, &f))
		rule_quarantine(c, &f, PLAN_TURN_REMOVE, path.text, r->ino);
}

static void
report_misnamed(struct check *c, const struct rename_graph *g, size_t i)
{
	const struct check_rename *r = &c->rename[i];
	struct queue_path path = path_of(c, QUEUE_MESS, r->id);
	struct finding f = finding_of(&rows[Q301]);

	f.id = r->id;
	f.birth = r->birth;
	f.path = span_cstr(path.text);
	finding_add_number(&f, "inode", r->ino);
	/* what only has no inode numbers cannot have the right names */
	if (g->size[i] > 1)
		finding_add_number(&f, "cycle", g->size[i]);
	if (check_report(c, &f))
		rename_plan(c, g, &f, i);
}

static void
find_misnamed(struct check *c)
{
	struct rename_graph g;

	if (c->renames == 0)
		return;
	if (!rename_graph_make(&g, c)) {
		c->failed = true;
		return;
	}
	for (size_t i = 0; i < c->renames; i++) {
		if (g.is_double[i])
			report_double(c, &c->rename[i]);
		else if (!g.is_body[i])
			report_misnamed(c, &g, i);
	}
	rename_graph_free(&g);
}

const struct damage_group damage_naming = {
    .name = "naming",
    .row = rows,
    .rows = ROWS,
    .message = find_naming,
    .stray = find_misplaced,
    .finish = find_misnamed,
};
