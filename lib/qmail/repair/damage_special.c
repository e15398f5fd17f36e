/* SPDX-License-Identifier: ISC */
#include <string.h>
#include <sys/stat.h>

#include "qmail/repair/catalogue.h"
#include "qmail/repair/rule.h"
#include "qmail/tcpto.h"

/* The files in lock/. */

enum { Q107, Q108, Q109, Q110, Q111, Q112, ROWS };

static const struct damage rows[ROWS] = {
    [Q107] = {"Q107", FINDING_STUCK, FINDING_FIX_PREEN,
        "lock file of qmail-send missing or wrong",
        "{what}; qmail-send cannot start or is not alone", "create",
        "A restore that leaves out lock/, or by hand",
        "qmail-send refuses to start",
        "touch lock/sendmutex; chown qmails:qmail; chmod 600",
        "cannot start: unable to open mutex"},
    [Q108] = {"Q108", FINDING_DELAY, FINDING_FIX_PREEN, "trigger missing",
        "missing; new mail waits up to 25 minutes", "create",
        "A restore or copy that leaves out FIFOs",
        "New mail is noticed by the clock only; no warning is logged",
        "mkfifo lock/trigger; chown qmails:qmail; chmod 622", NULL},
    [Q109] = {"Q109", FINDING_DELAY, FINDING_FIX_PREEN, "trigger is not a FIFO",
        "is no FIFO; a stock qmail-send uses all of a processor, new mail "
        "waits",
        "quarantine, create", "A copy that turned the FIFO into a file",
        "qmail-send spins, or notices new mail by the clock only",
        "move it away, then as for Q108", NULL},
    [Q110] = {"Q110", FINDING_DELAY, FINDING_FIX_PREEN,
        "trigger with wrong owner or mode",
        "{what}; qmail-queue cannot write to it, or others can", "chown, chmod",
        "By hand, or a restore under another user",
        "New mail waits up to 25 minutes",
        "chown qmails:qmail lock/trigger; chmod 622 lock/trigger", NULL},
    [Q111] = {"Q111", FINDING_NOTE, FINDING_FIX_PREEN,
        "table of timeouts missing or wrong",
        "{what}; hosts that do not answer are tried again too soon",
        "create or resize", "A restore that leaves out lock/, or by hand",
        "qmail-remote does not remember timeouts",
        "head -c 1024 /dev/zero >lock/tcpto; chown qmailr:qmail; chmod 644",
        NULL},
    [Q112] = {"Q112", FINDING_NOTE, FINDING_FIX_YES,
        "implausible entry in the table of timeouts",
        "entry {entry} is not what qmail-remote writes", "zero",
        "A bad disk, or the clock was wrong",
        "A host may not be tried for a long time", "run qmail-tcpok", NULL},
};

struct want {
	const char *path;
	int missing, type, rights; /* rows */
	uid_t uid;
	mode_t mode;
	bool fifo, optional;
	uint64_t size;
	enum tcpto_kind table; /* with a size */
};

/* Clocks differ. */
enum { FUTURE_S = 3600 };

static void
plan_make(struct check *c, const struct finding *f, const struct want *w,
    uint64_t ino_in_the_way)
{
	const struct plan_new made = {
	    .path = w->path,
	    .uid = w->uid,
	    .gid = c->inv->ids.qmail,
	    .mode = w->mode,
	    .size = w->size,
	    .atime = PLAN_KEEP_TIME,
	    .mtime = PLAN_KEEP_TIME,
	};

	plan_begin(c->plan, f, PLAN_TURN_STRUCTURE, PLAN_FIX);
	if (ino_in_the_way != 0)
		plan_put_away(c->plan, w->path, ino_in_the_way,
		    PLAN_QUARANTINE);
	plan_create(c->plan, w->fifo ? PLAN_MKFIFO : PLAN_CREATE, PLAN_QUEUE,
	    &made);
	plan_end(c->plan);
}

static struct finding
make_finding(const struct want *w, int row, const char *what)
{
	struct finding f = finding_of(&rows[row]);

	f.path = span_cstr(w->path);
	finding_add_text(&f, "what", span_cstr(what));
	return f;
}

static void
report_rights(struct check *c, const struct want *w,
    const struct inventory_file *file, bool owner)
{
	struct finding f = make_finding(w, w->rights,
	    owner ? "wrong owner or group" : "wrong mode");

	if (!check_report(c, &f))
		return;
	plan_begin(c->plan, &f, PLAN_TURN_STRUCTURE, PLAN_FIX);
	if (owner)
		plan_owner(c->plan, w->path, file->ino, w->uid,
		    c->inv->ids.qmail);
	plan_mode(c->plan, w->path, file->ino, w->mode);
	plan_end(c->plan);
}

static void
report_size(struct check *c, const struct want *w,
    const struct inventory_file *file)
{
	bool longer = file->size > w->size;
	struct finding f =
	    make_finding(w, Q111, longer ? "too long" : "too short");

	finding_add_number(&f, "size", file->size);
	/* cutting off is no addition of zeros */
	if (longer)
		f.fix = FINDING_FIX_YES;
	if (!check_report(c, &f))
		return;
	plan_begin(c->plan, &f, PLAN_TURN_STRUCTURE, PLAN_FIX);
	plan_resize(c->plan, w->path, file->ino, w->size);
	plan_end(c->plan);
}

/* Other qmails have larger tables. */
static bool
is_fine_size(const struct want *w, uint64_t size)
{
	return size >= w->size && size <= (uint64_t)16 * w->size &&
	       size % 16 == 0;
}

static void
report_record(struct check *c, const struct want *w,
    const struct inventory_file *file, uint64_t entry)
{
	static const char zeros[TCPTO_RECORD_MAX] = {0};
	struct finding f = make_finding(w, Q112, "");
	size_t n = tcpto_record_bytes(w->table);

	finding_add_number(&f, "entry", entry);
	if (!check_report(c, &f))
		return;
	plan_begin(c->plan, &f, PLAN_TURN_CONTENT, PLAN_FIX);
	plan_patch(c->plan, w->path, file->ino, entry * n,
	    (struct span){zeros, n});
	plan_end(c->plan);
}

static void
judge_records(struct check *c, const struct want *w,
    const struct inventory_file *file)
{
	size_t n = tcpto_record_bytes(w->table);
	struct records raw = {0};

	/* of another layout */
	if (file->size != w->size)
		return;
	records_load(&raw, c->inv->queue_dir, w->path, QUEUE_MESS, file->ino,
	    file->size);
	for (size_t at = 0; at + n <= raw.bytes.n; at += n) {
		struct tcpto_record r;

		tcpto_record_parse(w->table,
		    (const unsigned char *)raw.bytes.p + at, &r);
		if (r.count > TCPTO_COUNT_MAX ||
		    (int64_t)r.when > c->wish->now + FUTURE_S)
			report_record(c, w, file, at / n);
	}
	records_free(&raw);
}

static void
judge(struct check *c, const struct want *w)
{
	const struct inventory_ids *ids = &c->inv->ids;
	struct inventory_file file;
	struct finding f;
	bool owner;

	if (!inventory_look(c->inv, w->path, &file)) {
		f = make_finding(w, w->missing, "missing");
		if (!w->optional && check_report(c, &f))
			plan_make(c, &f, w, 0);
		return;
	}
	if (w->fifo ? !S_ISFIFO(file.mode) : !S_ISREG(file.mode)) {
		f = make_finding(w, w->type, "not a file of its kind");
		if (check_report(c, &f))
			plan_make(c, &f, w, file.ino);
		return;
	}
	owner = ids->known && (file.uid != w->uid || file.gid != ids->qmail);
	if (owner || (file.mode & 07777) != w->mode)
		report_rights(c, w, &file, owner);
	if (w->size > 0 && !is_fine_size(w, file.size))
		report_size(c, w, &file);
	else if (w->size > 0)
		judge_records(c, w, &file);
}

static void
find_special(struct check *c)
{
	const struct inventory_ids *ids = &c->inv->ids;
	const struct want wants[] = {
	    {"lock/sendmutex", Q107, Q107, Q107, ids->qmails, 0600, false,
	        false, 0, TCPTO_V4},
	    {"lock/trigger", Q108, Q109, Q110, ids->qmails, 0622, true, false,
	        0, TCPTO_V4},
	    {"lock/tcpto", Q111, Q111, Q111, ids->qmailr, 0644, false, false,
	        1024, TCPTO_V4},
	    {"lock/tcpto6", Q111, Q111, Q111, ids->qmailr, 0644, false, true,
	        2048, TCPTO_V6},
	};
	struct inventory_file lock;

	/* without the directory that is what has to be told */
	if (!c->inv->is_queue || !inventory_look(c->inv, "lock", &lock) ||
	    !S_ISDIR(lock.mode))
		return;
	for (size_t i = 0; i < sizeof(wants) / sizeof(wants[0]); i++)
		judge(c, &wants[i]);
}

const struct damage_group damage_special = {
    .name = "special",
    .row = rows,
    .rows = ROWS,
    .queue = find_special,
};
