/* SPDX-License-Identifier: ISC */
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>

#include "qmail/repair/catalogue.h"
#include "qmail/repair/rule.h"

/* The queue as a whole, and the file system under it. */

enum { Q001, Q002, Q003, Q004, Q005, Q007, Q008, ROWS };

static const struct damage rows[ROWS] = {
    [Q001] = {"Q001", FINDING_STUCK, FINDING_FIX_NONE, "not a queue", "{why}",
        "none", "A wrong path, or a file system that is not mounted",
        "qmail does not start", "mount it, or name the right directory", NULL},
    [Q002] = {"Q002", FINDING_NOTE, FINDING_FIX_NONE, "qmail-send is running",
        "holds the queue; only what is safe beside it will be repaired", "none",
        "Normal", "None", "stop qmail-send before repairs", NULL},
    [Q003] = {"Q003", FINDING_FAIL, FINDING_FIX_NONE, "no room",
        "{what}; free: {free} KiB, {inodes} inodes", "free space",
        "Mail, logs or backups filled the disk; or it failed and was made "
        "read-only",
        "New mail is refused, deliveries and bounces fail",
        "stop intake, make room, let qmail-send drain the queue, stop it, "
        "then repair",
        "qq write error or disk full|No space left|Read-only file system"},
    [Q004] = {"Q004", FINDING_LOSS, FINDING_FIX_NONE,
        "parts on different file systems",
        "not on the file system of the queue", "move",
        "A bind mount or link to spread the load",
        "Links and renames between the parts fail",
        "stop everything; put all of the queue on one file system", NULL},
    [Q005] = {"Q005", FINDING_NOTE, FINDING_FIX_NONE,
        "file system unfit for a queue", "{what}", "none",
        "The queue was put there", "Mail may be lost in a crash or reboot",
        "put the queue on a local disk", NULL},
    [Q007] = {"Q007", FINDING_SEC, FINDING_FIX_YES,
        "queue directory writable by others", "mode {mode}", "chmod", "By hand",
        "Others can remove or exchange mail", "chmod 750 the queue directory",
        NULL},
    [Q008] = {"Q008", FINDING_NOTE, FINDING_FIX_NONE, "users unknown",
        "users of qmail not found here; owners are taken from the queue "
        "itself",
        "none", "An unpacked copy, or users that were not made",
        "Wrong owners cannot be recognised", "make the users", NULL},
};

static void
report(struct check *c, struct finding *f, const char *path)
{
	f->path = span_cstr(path);
	(void)check_report(c, f);
}

static void
judge_room(struct check *c)
{
	struct finding f = finding_of(&rows[Q003]);
	struct statvfs fs;
	uint64_t need, free;
	const char *what = NULL;

	if (fstatvfs(c->inv->queue_dir, &fs) == -1)
		return;
	free = (uint64_t)fs.f_bavail * fs.f_frsize;
	need = (uint64_t)fs.f_blocks * fs.f_frsize / 100;
	/* the larger of 1 % and 64 MiB */
	if (need < UINT64_C(64) << 20)
		need = UINT64_C(64) << 20;
	if ((fs.f_flag & ST_RDONLY) != 0)
		what = "read-only file system";
	else if (fs.f_blocks > 0 && free < need)
		what = "file system almost full";
	else if (fs.f_files > 0 && fs.f_ffree < 1000)
		what = "almost no inodes left";
	if (what == NULL)
		return;
	finding_add_text(&f, "what", span_cstr(what));
	finding_add_number(&f, "free", free / 1024);
	finding_add_number(&f, "inodes", fs.f_ffree);
	report(c, &f, ".");
}

static void
judge_devices(struct check *c)
{
	static const char *const dirs[] = {"pid", "lock", "mess", "intd",
	    "todo", "info", "local", "remote", "bounce"};

	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++) {
		struct finding f = finding_of(&rows[Q004]);
		struct inventory_file dir;

		if (inventory_look(c->inv, dirs[i], &dir) &&
		    S_ISDIR(dir.mode) && dir.dev != c->inv->root.dev)
			report(c, &f, dirs[i]);
	}
}

static void
judge_filesystem(struct check *c)
{
	static const struct {
		unsigned long magic;
		const char *what;
	} unfit[] = {
	    {0x6969, "NFS: locks and crash safety depend on the server"},
	    {0x65735546, "FUSE: crash safety is not known"},
	    {0x01021994, "tmpfs: all mail is gone after a reboot"},
	    {0x2011bab0, "exFAT: no links, no owners"},
	    {0x4d44, "FAT: no links, no owners"},
	};
	struct statfs fs;

	if (fstatfs(c->inv->queue_dir, &fs) == -1)
		return;
	for (size_t i = 0; i < sizeof(unfit) / sizeof(unfit[0]); i++) {
		struct finding f = finding_of(&rows[Q005]);

		if ((unsigned long)fs.f_type != unfit[i].magic)
			continue;
		finding_add_text(&f, "what", span_cstr(unfit[i].what));
		report(c, &f, ".");
	}
}

static void
judge_root(struct check *c)
{
	const struct inventory_file *root = &c->inv->root;
	struct finding f = finding_of(&rows[Q007]);

	if ((root->mode & 022) == 0)
		return;
	finding_add_number(&f, "mode", root->mode & 07777);
	f.path = span_cstr(".");
	if (!check_report(c, &f))
		return;
	plan_begin(c->plan, &f, PLAN_TURN_STRUCTURE, PLAN_FIX);
	plan_mode(c->plan, ".", root->ino, 0750);
	plan_end(c->plan);
}

static void
find_environment(struct check *c)
{
	struct finding f;

	if (!c->inv->is_queue) {
		f = finding_of(&rows[Q001]);
		finding_add_text(&f, "why", span_cstr(c->inv->trouble.text));
		report(c, &f, ".");
		return;
	}
	if (c->wish->live) {
		f = finding_of(&rows[Q002]);
		report(c, &f, "lock/sendmutex");
	}
	if (c->wish->sizes)
		return;
	judge_room(c);
	judge_devices(c);
	judge_filesystem(c);
	judge_root(c);
	if (c->inv->ids.learned) {
		f = finding_of(&rows[Q008]);
		report(c, &f, ".");
	}
}

const struct damage_group damage_environment = {
    .name = "environment",
    .row = rows,
    .rows = ROWS,
    .queue = find_environment,
};
