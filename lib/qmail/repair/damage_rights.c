/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <sys/stat.h>

#include "qmail/queue_state.h"
#include "qmail/repair/catalogue.h"
#include "qmail/repair/rule.h"

/* Owners, modes, types and links of message files. */

enum { Q501, Q502, Q503, Q504, Q505, Q506, ROWS };

static const struct damage rows[ROWS] = {
    [Q501] = {"Q501", FINDING_STUCK, FINDING_FIX_PREEN,
        "message file with wrong owner",
        "belongs to {uid}, should belong to {want_uid}", "chown",
        "A restore or copy under another user",
        "Deferred as wrong owner, or cannot be read at all",
        "chown qmailq mess/ todo/ intd/ files, qmails the others",
        "message has wrong owner|unable to open todo/"},
    [Q502] = {"Q502", FINDING_STUCK, FINDING_FIX_PREEN,
        "message file with wrong mode", "mode {mode}, should be {want_mode}",
        "chmod", "By hand, a restore, or an unusual umask",
        "Too narrow: cannot be read. Too wide: others can read or change it",
        "chmod 644 mess/ todo/ intd/ files, 600 the others",
        "unable to open todo/|trouble opening info/"},
    [Q503] = {"Q503", FINDING_STUCK, FINDING_FIX_YES,
        "no regular file in place of a message file", "is a {type}",
        "quarantine", "By hand", "Tried again for ever",
        "move it out of the queue", "trouble reading local/|wrong type"},
    [Q504] = {"Q504", FINDING_SEC, FINDING_FIX_YES,
        "symbolic link in the queue", "points to a place of its own",
        "quarantine", "By hand, or an attack on a careless tool",
        "qmail follows it and reads or writes elsewhere",
        "look where it points, then remove the link", NULL},
    [Q505] = {"Q505", FINDING_SEC, FINDING_FIX_MANUAL,
        "message file with a name elsewhere",
        "{links} links; inode {inode} has a name outside this place", "look",
        "A backup by hard links, or an attack on a careless tool",
        "Whoever has the other name has the file",
        "find FILESYSTEM -xdev -inum INODE; remove the other name", NULL},
    [Q506] = {"Q506", FINDING_SEC, FINDING_FIX_PREEN,
        "message file with special bits", "mode {mode}", "chmod", "By hand",
        "Programs could run or keep it", "chmod, chattr -ia", NULL},
};

/* What a message file should be like. */
struct want {
	uid_t uid;
	mode_t mode;
};

static struct want
wanted(const struct check *c, enum queue_kind kind)
{
	if (kind == QUEUE_MESS || kind == QUEUE_INTD || kind == QUEUE_TODO)
		return (struct want){c->inv->ids.qmailq, 0644};
	return (struct want){c->inv->ids.qmails, 0600};
}

static struct finding
make_finding(int row, const struct inventory_message *m,
    const struct queue_path *path)
{
	struct finding f = finding_of(&rows[row]);

	f.id = m->id;
	f.birth = inventory_birth(m);
	f.path = span_cstr(path->text);
	return f;
}

static const char *
type_name(uint32_t mode)
{
	if (S_ISDIR(mode))
		return "directory";
	if (S_ISFIFO(mode))
		return "FIFO";
	return S_ISSOCK(mode) ? "socket" : "device";
}

static void
judge_type(struct check *c, const struct inventory_message *m,
    enum queue_kind kind, const struct queue_path *path)
{
	const struct inventory_file *file = &m->file[kind];
	bool link = S_ISLNK(file->mode);
	struct finding f = make_finding(link ? Q504 : Q503, m, path);

	finding_add_text(&f, "type", span_cstr(type_name(file->mode)));
	if (check_report(c, &f))
		rule_quarantine(c, &f, PLAN_TURN_REMOVE, path->text, file->ino);
}

/* todo and intd are one file; copies that repairs keep have names of our own.
 */
static bool
is_linked_elsewhere(const struct inventory_message *m, enum queue_kind kind)
{
	const struct inventory_file *file = &m->file[kind];
	uint32_t known = 1;

	if (kind == QUEUE_TODO || kind == QUEUE_INTD)
		known = m->file[QUEUE_TODO].ino == m->file[QUEUE_INTD].ino ||
		                kind == QUEUE_INTD
		            ? 2
		            : 1;
	return file->nlink > known;
}

static void
judge_owner(struct check *c, const struct inventory_message *m,
    enum queue_kind kind, const struct queue_path *path, bool linked)
{
	const struct inventory_file *file = &m->file[kind];
	struct want want = wanted(c, kind);
	struct finding f;

	if (!c->inv->ids.known || file->uid == want.uid)
		return;
	f = make_finding(Q501, m, path);
	finding_add_number(&f, "uid", file->uid);
	finding_add_number(&f, "want_uid", want.uid);
	/* a second name could make us change somebody else's file */
	if (linked)
		f.fix = FINDING_FIX_MANUAL;
	if (!check_report(c, &f))
		return;
	plan_begin(c->plan, &f, PLAN_TURN_RIGHTS, PLAN_FIX);
	plan_owner(c->plan, path->text, file->ino, want.uid, PLAN_KEEP_ID);
	plan_end(c->plan);
}

static void
judge_mode(struct check *c, const struct inventory_message *m,
    enum queue_kind kind, const struct queue_path *path, bool linked)
{
	const struct inventory_file *file = &m->file[kind];
	mode_t mode = file->mode & 07777, want = wanted(c, kind).mode;
	char have[48], should[16];
	struct finding f;

	if (mode == want && !file->fixed)
		return;
	f = make_finding((mode & 07111) != 0 || file->fixed ? Q506 : Q502, m,
	    path);
	(void)snprintf(have, sizeof(have), "%04o%s", (unsigned)mode,
	    file->fixed ? ", immutable or append-only" : "");
	(void)snprintf(should, sizeof(should), "%04o", (unsigned)want);
	finding_add_text(&f, "mode", span_cstr(have));
	finding_add_text(&f, "want_mode", span_cstr(should));
	if ((mode & ~want) != 0)
		f.class = FINDING_SEC;
	if (linked || file->fixed)
		f.fix = FINDING_FIX_MANUAL;
	if (!check_report(c, &f))
		return;
	plan_begin(c->plan, &f, PLAN_TURN_RIGHTS, PLAN_FIX);
	plan_mode(c->plan, path->text, file->ino, want);
	plan_end(c->plan);
}

static void
judge_links(struct check *c, const struct inventory_message *m,
    enum queue_kind kind, const struct queue_path *path)
{
	struct finding f = make_finding(Q505, m, path);

	finding_add_number(&f, "links", m->file[kind].nlink);
	finding_add_number(&f, "inode", m->file[kind].ino);
	/* a finished message of which qfixq keeps a copy */
	if (m->file[kind].nlink == 2 &&
	    (kind == QUEUE_MESS || kind == QUEUE_INFO))
		f.class = FINDING_NOTE;
	(void)check_report(c, &f);
}

static void
judge_file(struct check *c, const struct inventory_message *m,
    enum queue_kind kind)
{
	struct queue_path path = queue_path(&c->inv->layout, kind, m->id);
	const struct inventory_file *file = &m->file[kind];
	bool linked;

	if (!S_ISREG(file->mode)) {
		judge_type(c, m, kind, &path);
		return;
	}
	/* of names alone no more is known */
	if (file->nlink == 0)
		return;
	linked = is_linked_elsewhere(m, kind);
	if (linked)
		judge_links(c, m, kind, &path);
	judge_owner(c, m, kind, &path, linked);
	judge_mode(c, m, kind, &path, linked);
}

static void
find_rights(struct check *c, const struct inventory_message *m)
{
	for (enum queue_kind kind = QUEUE_MESS; kind < QUEUE_KINDS; kind++) {
		if (m->file[kind].present)
			judge_file(c, m, kind);
	}
}

const struct damage_group damage_rights = {
    .name = "rights",
    .row = rows,
    .rows = ROWS,
    .message = find_rights,
};
