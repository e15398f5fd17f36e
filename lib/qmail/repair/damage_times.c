/* SPDX-License-Identifier: ISC */
#include "qmail/queue_state.h"
#include "qmail/repair/catalogue.h"
#include "qmail/repair/rule.h"

/* File times that carry meaning: birth, next attempt. */

enum { Q416, Q601, Q602, Q603, Q604, Q606, ROWS };

static const struct damage rows[ROWS] = {
    [Q416] = {"Q416", FINDING_LEAK, FINDING_FIX_PREEN,
        "bounce text older than its message",
        "the text is older than the message: it belongs to an earlier one",
        "quarantine", "An earlier message with this number left it behind",
        "The sender receives a failure notice about somebody else's mail",
        "move bounce/N out of the queue", NULL},
    [Q601] = {"Q601", FINDING_DELAY, FINDING_FIX_YES,
        "next attempt far in the future",
        "next attempt is at {next}, later than any schedule gives", "touch",
        "The clock was wrong, or a restore set the times",
        "The message waits until then", "touch the file", NULL},
    [Q602] = {"Q602", FINDING_NOTE, FINDING_FIX_YES, "message from the future",
        "arrived at {birth}, which is to come", "touch",
        "The clock was wrong, or a restore set the times",
        "It lives longer than it should",
        "touch info/N with the time of the message file", NULL},
    [Q603] = {"Q603", FINDING_LOSS, FINDING_FIX_MANUAL,
        "most messages are too old",
        "{old} of {all} messages are older than {lifetime} seconds, though "
        "they were put here lately: each bounces after one try",
        "rebirth", "A queue restored from an old backup",
        "All are returned to their senders at the first temporary failure",
        "touch the files in info/ before qmail-send is started", NULL},
    [Q604] = {"Q604", FINDING_NOTE, FINDING_FIX_MANUAL,
        "message looks younger than its body",
        "sender file is {seconds} seconds younger than the body", "rebirth",
        "A restore that does not keep times",
        "It stays longer in the queue than it should",
        "touch info/N with the time of the message file", NULL},
    [Q606] = {"Q606", FINDING_NOTE, FINDING_FIX_NONE, "clock is behind",
        "the newest file in the queue is {seconds} seconds in the future",
        "none", "The clock was wrong, now or then",
        "Attempts are made too late", "set the clock", NULL},
};

enum {
	FUTURE_S = 60,            /* clocks of networked disks differ */
	SCHEDULE_MAX_S = 1209600, /* 14 days */
	LIFETIME_S = 604800,      /* default of queuelifetime */
	RECENT_S = 86400,
	YOUNGER_S = 1500, /* 25 minutes, the interval of scans */
	FEW = 10,         /* of fewer messages no share is taken */
};

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

static void
judge_bounce(struct check *c, const struct inventory_message *m)
{
	const struct inventory_file *bounce = &m->file[QUEUE_BOUNCE];
	struct queue_path path =
	    queue_path(&c->inv->layout, QUEUE_BOUNCE, m->id);
	struct finding f;

	if (!bounce->present || bounce->mtime >= m->file[QUEUE_INFO].mtime)
		return;
	f = make_finding(Q416, m, &path);
	if (check_report(c, &f))
		rule_quarantine(c, &f, PLAN_TURN_LEAK, path.text, bounce->ino);
}

static void
judge_next(struct check *c, const struct inventory_message *m)
{
	for (enum queue_kind k = QUEUE_LOCAL; k <= QUEUE_REMOTE; k++) {
		const struct inventory_file *file = &m->file[k];
		struct queue_path path = queue_path(&c->inv->layout, k, m->id);
		struct finding f;

		if (!file->present ||
		    file->mtime <= c->wish->now + SCHEDULE_MAX_S)
			continue;
		f = make_finding(Q601, m, &path);
		finding_add_number(&f, "next", (uint64_t)file->mtime);
		if (!check_report(c, &f))
			continue;
		plan_begin(c->plan, &f, PLAN_TURN_RIGHTS, PLAN_FIX);
		plan_times(c->plan, path.text, file->ino, PLAN_KEEP_TIME,
		    PLAN_NOW);
		plan_end(c->plan);
	}
}

static void
report_future(struct check *c, const struct inventory_message *m,
    const struct queue_path *path)
{
	int64_t body = m->file[QUEUE_MESS].mtime;
	struct finding f = make_finding(Q602, m, path);

	finding_add_number(&f, "birth", (uint64_t)m->file[QUEUE_INFO].mtime);
	if (!check_report(c, &f))
		return;
	plan_begin(c->plan, &f, PLAN_TURN_RIGHTS, PLAN_FIX);
	plan_times(c->plan, path->text, m->file[QUEUE_INFO].ino, PLAN_KEEP_TIME,
	    body < c->wish->now ? body : PLAN_NOW);
	plan_end(c->plan);
}

static void
judge_birth(struct check *c, const struct inventory_message *m)
{
	const struct inventory_file *info = &m->file[QUEUE_INFO];
	struct queue_path path = queue_path(&c->inv->layout, QUEUE_INFO, m->id);
	int64_t younger = info->mtime - m->file[QUEUE_MESS].mtime;

	c->scheduled++;
	if (info->mtime < c->wish->now - LIFETIME_S &&
	    m->file[QUEUE_MESS].ctime > c->wish->now - RECENT_S)
		c->restored++;
	if (info->mtime > c->wish->now + FUTURE_S) {
		report_future(c, m, &path);
	} else if (younger > YOUNGER_S) {
		struct finding f = make_finding(Q604, m, &path);

		finding_add_number(&f, "seconds", (uint64_t)younger);
		(void)check_report(c, &f);
	}
}

static void
note_newest(struct check *c, const struct inventory_message *m)
{
	/* the times of lists are meant to be in the future */
	const enum queue_kind kinds[] = {QUEUE_MESS, QUEUE_TODO, QUEUE_INFO};

	for (size_t i = 0; i < 3; i++) {
		if (m->file[kinds[i]].ctime > c->newest)
			c->newest = m->file[kinds[i]].ctime;
	}
}

static void
find_times(struct check *c, const struct inventory_message *m)
{
	/* of names alone no times are known */
	if (m->file[QUEUE_MESS].nlink == 0)
		return;
	note_newest(c, m);
	if (queue_row_find(m->bits)->state != QUEUE_S5)
		return;
	judge_bounce(c, m);
	judge_next(c, m);
	judge_birth(c, m);
}

static void
find_shares(struct check *c)
{
	struct finding f = finding_of(&rows[Q603]);

	if (c->scheduled >= FEW && c->restored > c->scheduled / 2) {
		f.path = span_cstr("info");
		finding_add_number(&f, "old", c->restored);
		finding_add_number(&f, "all", c->scheduled);
		finding_add_number(&f, "lifetime", LIFETIME_S);
		(void)check_report(c, &f);
	}
	if (c->newest > c->wish->now + FUTURE_S) {
		f = finding_of(&rows[Q606]);
		f.path = span_cstr("mess");
		finding_add_number(&f, "seconds",
		    (uint64_t)(c->newest - c->wish->now));
		(void)check_report(c, &f);
	}
}

const struct damage_group damage_times = {
    .name = "times",
    .row = rows,
    .rows = ROWS,
    .message = find_times,
    .finish = find_shares,
};
