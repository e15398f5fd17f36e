/* SPDX-License-Identifier: ISC */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/dir.h"
#include "qmail/manifest.h"
#include "qmail/repair/catalogue.h"
#include "qmail/repair/rule.h"

/* Directories and special files that every queue has. */

enum { Q101, Q102, Q103, Q104, Q105, Q106, Q114, ROWS };

static const struct damage rows[ROWS] = {
    [Q101] = {"Q101", FINDING_FAIL, FINDING_FIX_YES, "directory missing",
        "directory does not exist", "create",
        "Deleted, or a restore that leaves out empty directories",
        "qmail-queue refuses mail, or qmail-send does not start",
        "mkdir it; chown and chmod as the table in queue(5) says",
        "unable to opendir|qq trouble creating files in queue"},
    [Q102] = {"Q102", FINDING_LOSS, FINDING_FIX_PREEN,
        "numbered subdirectory missing", "subdirectory does not exist",
        "create", "Deleted, or a restore that leaves out empty directories",
        "in mess/ every 1 of split messages is refused; in info/ qmail-send "
        "does not start; in local/ and remote/ messages cannot be preprocessed",
        "mkdir it with owner and mode of its neighbours",
        "unable to opendir info/|qq trouble creating files in queue"},
    [Q103] = {"Q103", FINDING_NOTE, FINDING_FIX_YES,
        "empty subdirectory too many", "beyond the split of {split}, and empty",
        "quarantine", "A change of the split", "Ignored", "rmdir it", NULL},
    [Q104] = {"Q104", FINDING_LOSS, FINDING_FIX_YES,
        "subdirectory too many, with files",
        "beyond the split of {split}: no program looks at the files in it",
        "move", "A change of the split, or a queue made for another qmail",
        "Messages in it are never delivered",
        "stop qmail-send; move each file N to subdirectory N mod split", NULL},
    [Q105] = {"Q105", FINDING_FAIL, FINDING_FIX_YES,
        "something else where a directory belongs",
        "is no directory but a {type}", "quarantine, create",
        "By hand; a link to another disk; a broken restore",
        "qmail refuses mail or does not start",
        "move it away and make the directory", "unable to opendir"},
    [Q106] = {"Q106", FINDING_FAIL, FINDING_FIX_PREEN,
        "directory with wrong owner or mode",
        "owner {uid} group {gid} mode {mode}, should be {want_uid} {want_gid} "
        "{want_mode}",
        "chown, chmod", "By hand, or a restore under another user",
        "Programs cannot read or write it, or others can",
        "chown and chmod it as the table in queue(5) says", NULL},
    [Q114] = {"Q114", FINDING_NOTE, FINDING_FIX_YES,
        "directory among message files", "no program looks at it", "quarantine",
        "By hand, or a queue made for another qmail",
        "Ignored; unlink of that name fails", "move it out of the queue", NULL},
};

static const char *
type_name(uint32_t mode)
{
	if (S_ISREG(mode))
		return "regular file";
	if (S_ISLNK(mode))
		return "symbolic link";
	if (S_ISFIFO(mode))
		return "FIFO";
	return S_ISDIR(mode) ? "directory" : "device or socket";
}

/* What a directory should be like. */
struct want {
	const char *path;
	uid_t uid;
	gid_t gid;
	mode_t mode;
	bool numbered;
};

static void
plan_make(struct check *c, const struct finding *f, const struct want *w,
    uint64_t ino_in_the_way)
{
	const struct plan_new made = {
	    .path = w->path,
	    .uid = w->uid,
	    .gid = w->gid,
	    .mode = w->mode,
	    .atime = PLAN_KEEP_TIME,
	    .mtime = PLAN_KEEP_TIME,
	};

	plan_begin(c->plan, f, PLAN_TURN_STRUCTURE, PLAN_FIX);
	if (ino_in_the_way != 0)
		plan_put_away(c->plan, w->path, ino_in_the_way,
		    PLAN_QUARANTINE);
	plan_create(c->plan, PLAN_MKDIR, PLAN_QUEUE, &made);
	plan_end(c->plan);
}

static void
report_missing(struct check *c, const struct want *w)
{
	struct finding f = finding_of(&rows[w->numbered ? Q102 : Q101]);

	f.path = span_cstr(w->path);
	/* their messages wait, nothing is lost */
	if (w->numbered && strncmp(w->path, "mess/", 5) == 0)
		f.class = FINDING_FAIL;
	else if (w->numbered && strncmp(w->path, "info/", 5) == 0)
		f.class = FINDING_STUCK;
	if (check_report(c, &f))
		plan_make(c, &f, w, 0);
}

static void
report_type(struct check *c, const struct want *w,
    const struct inventory_file *file)
{
	struct finding f = finding_of(&rows[Q105]);

	f.path = span_cstr(w->path);
	finding_add_text(&f, "type", span_cstr(type_name(file->mode)));
	/* a link may be somebody's intention */
	if (S_ISLNK(file->mode))
		f.fix = FINDING_FIX_MANUAL;
	if (check_report(c, &f))
		plan_make(c, &f, w, file->ino);
}

static void
add_mode(struct finding *f, const char *name, mode_t mode, char text[16])
{
	(void)snprintf(text, 16, "%04o", (unsigned)mode & 07777);
	finding_add_text(f, name, span_cstr(text));
}

static void
report_rights(struct check *c, const struct want *w,
    const struct inventory_file *file, bool owner)
{
	struct finding f = finding_of(&rows[Q106]);
	char have[16], want[16];

	f.path = span_cstr(w->path);
	finding_add_number(&f, "uid", file->uid);
	finding_add_number(&f, "gid", file->gid);
	add_mode(&f, "mode", file->mode, have);
	finding_add_number(&f, "want_uid", w->uid);
	finding_add_number(&f, "want_gid", w->gid);
	add_mode(&f, "want_mode", w->mode, want);
	if (!owner && (file->mode & 07777 & ~w->mode) != 0)
		f.class = FINDING_SEC;
	if (!check_report(c, &f))
		return;
	plan_begin(c->plan, &f, PLAN_TURN_STRUCTURE, PLAN_FIX);
	if (owner)
		plan_owner(c->plan, w->path, file->ino, w->uid, w->gid);
	plan_mode(c->plan, w->path, file->ino, w->mode);
	plan_end(c->plan);
}

static void
judge_dir(struct check *c, const struct want *w)
{
	const struct inventory_ids *ids = &c->inv->ids;
	struct inventory_file file;
	bool owner;

	if (!inventory_look(c->inv, w->path, &file)) {
		report_missing(c, w);
		return;
	}
	if (!S_ISDIR(file.mode)) {
		report_type(c, w, &file);
		return;
	}
	owner = ids->known && (file.uid != w->uid || file.gid != w->gid);
	if (owner || (file.mode & 07777) != w->mode)
		report_rights(c, w, &file, owner);
}

static void
judge_split(struct check *c, const struct want *tree)
{
	for (uint64_t d = 0; d < c->inv->layout.split; d++) {
		char path[QUEUE_PATH_MAX];
		struct want w = *tree;

		(void)snprintf(path, sizeof(path), "%.40s/%" PRIu64, tree->path,
		    d);
		w.path = path;
		w.numbered = true;
		judge_dir(c, &w);
	}
}

static uid_t
uid_of(const struct inventory_ids *ids, enum ids_user user)
{
	switch (user) {
	case IDS_QMAILQ:
		return ids->qmailq;
	case IDS_QMAILR:
		return ids->qmailr;
	default:
		return ids->qmails;
	}
}

static void
judge_row(struct check *c, const struct manifest_row *row, const char *path)
{
	const struct want w = {
	    .path = path,
	    .uid = uid_of(&c->inv->ids, row->owner),
	    .gid = c->inv->ids.qmail,
	    .mode = row->mode,
	};
	struct inventory_file file;

	judge_dir(c, &w);
	if (row->kind == MANIFEST_QUEUE ||
	    (row->kind == MANIFEST_TODO && !c->inv->layout.split_todo))
		return;
	/* what is in a missing directory need not be told */
	if (inventory_look(c->inv, path, &file) && S_ISDIR(file.mode))
		judge_split(c, &w);
}

static void
find_structure(struct check *c)
{
	struct manifest m = {0};
	struct manifest_row row;

	while (c->inv->is_queue && manifest_next(&m, &row) == MANIFEST_OK) {
		struct span path = span_cstr(row.path);

		if (row.kind != MANIFEST_FILE && row.kind != MANIFEST_FIFO &&
		    span_take_prefix(&path, SPAN("queue/")))
			judge_row(c, &row, path.p);
	}
}

/* ---- what is too many ---------------------------------------------------- */

static bool
is_empty_dir(const struct check *c, const char *path)
{
	struct dir d = {.fd = -1};
	struct dir_entry entry;
	bool empty = dir_open(&d, c->inv->queue_dir, path, NULL) == 0 &&
	             dir_next(&d, &entry) == 0;

	dir_free(&d);
	return empty;
}

static void
find_extra(struct check *c, const struct inventory_stray *s)
{
	struct finding f;

	if (s->extra_dir) {
		bool empty = is_empty_dir(c, s->path.p);

		f = finding_of(&rows[empty ? Q103 : Q104]);
		/* its files are moved one by one */
		if (!empty)
			f.fix = FINDING_FIX_NONE;
		finding_add_number(&f, "split", c->inv->layout.split);
	} else if (S_ISDIR(s->file.mode) &&
	           (s->where == INVENTORY_IN_PID ||
	               (s->where == INVENTORY_IN_TREE &&
	                   s->kind == QUEUE_BOUNCE))) {
		f = finding_of(&rows[Q114]);
	} else {
		return;
	}
	f.path = s->path;
	if (check_report(c, &f))
		rule_quarantine(c, &f, PLAN_TURN_PLACE, s->path.p, s->file.ino);
}

const struct damage_group damage_structure = {
    .name = "structure",
    .row = rows,
    .rows = ROWS,
    .queue = find_structure,
    .stray = find_extra,
};
