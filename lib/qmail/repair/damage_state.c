/* SPDX-License-Identifier: ISC */
#include <string.h>
#include <sys/stat.h>

#include "qmail/queue_state.h"
#include "qmail/received.h"
#include "qmail/repair/catalogue.h"
#include "qmail/repair/identity.h"
#include "qmail/repair/rule.h"

/* Sets of files that no healthy message has: the state table. */

enum {
	Q201,
	Q202,
	Q203,
	Q204,
	Q205,
	Q206,
	Q207,
	Q210,
	Q211,
	Q212,
	Q213,
	Q221,
	Q222,
	Q231,
	Q232,
	Q306,
	ROWS
};

static const struct damage rows[ROWS] = {
    [Q201] = {"Q201", FINDING_STUCK, FINDING_FIX_YES,
        "accepted envelope without a body",
        "todo entry, but no message file; it is tried again at every scan",
        "quarantine", "The body was deleted or lost while todo/ kept its entry",
        "qmail-send warns at each scan of todo/ and never delivers",
        "look for the body by its inode: find queue/mess lost+found -inum N; "
        "put it back as mess/(N mod split)/N, or move todo/N, intd/N away",
        "unable to stat mess/"},
    [Q202] = {"Q202", FINDING_STUCK, FINDING_FIX_YES,
        "recipients without a body",
        "sender and recipients, but no message file; deliveries are deferred "
        "until the message is too old, then the bounce fails for ever",
        "quarantine", "The body was deleted by hand, by a cleaner or by fsck",
        "qmail-lspawn and qmail-rspawn defer; later the bounce cannot be made",
        "look for the body by its inode; else move info/, local/ and remote/ "
        "files of N out of the queue while qmail-send is stopped",
        "qmail-spawn unable to open message|trouble injecting bounce message"},
    [Q203] = {"Q203", FINDING_STUCK, FINDING_FIX_YES,
        "bounce of a message that has no body",
        "all recipients are done, but the bounce needs the missing message "
        "file and is tried for ever",
        "quarantine", "The body was deleted by hand, by a cleaner or by fsck",
        "qmail-send tries to send the bounce again and again",
        "send the text of bounce/N to the sender by hand, then move info/N "
        "and bounce/N away while qmail-send is stopped",
        "trouble injecting bounce message"},
    [Q204] = {"Q204", FINDING_NOTE, FINDING_FIX_PREEN, "sender file alone",
        "nothing but the sender is left of this message", "quarantine",
        "A crash while a finished message was removed",
        "qmail-send removes it at its next start",
        "nothing; or move info/N away while qmail-send is stopped", NULL},
    [Q205] = {"Q205", FINDING_LEAK, FINDING_FIX_PREEN,
        "bounce text without its message",
        "no message with this number; next owner's sender would receive it",
        "quarantine",
        "A crash while a message was removed, or files deleted by hand",
        "The next message with this number sends its sender a failure notice "
        "with the text of the old one",
        "move bounce/N out of the queue", NULL},
    [Q206] = {"Q206", FINDING_NOTE, FINDING_FIX_PREEN,
        "recipient lists without their message",
        "recipient lists of a message that is gone", "quarantine",
        "A crash while a message was removed, or files deleted by hand",
        "Ignored; erased when the number is used again",
        "move local/ and remote/ files of N out of the queue", NULL},
    [Q207] = {"Q207", FINDING_FAIL, FINDING_FIX_PREEN,
        "envelope draft without a body",
        "left in intd/; a new message with this number is refused",
        "quarantine", "A crash of qmail-queue, or the body was deleted",
        "qmail-queue fails when a new message gets this number",
        "move intd/N out of the queue", "qq trouble creating files in queue"},
    [Q210] = {"Q210", FINDING_NOTE, FINDING_FIX_YES,
        "message that was never accepted",
        "its sender was not told that it arrived; it is erased at "
        "{erased}",
        "quarantine", "qmail-queue was interrupted: crash, full disk, timeout",
        "The cleaner erases it 36 hours after it was last read",
        "nothing; save mess/N if you want to look at it", NULL},
    [Q211] = {"Q211", FINDING_LOSS, FINDING_FIX_YES,
        "accepted message whose todo entry is lost",
        "lists prove that it was accepted, intd still holds its envelope; "
        "the body is erased within 36 hours",
        "rebuild", "The todo entry vanished: crash without sync, or by hand",
        "Nobody delivers it; the cleaner erases the body",
        "stop qmail-send; move local/N, remote/N away; ln intd/N todo/N", NULL},
    [Q212] = {"Q212", FINDING_LOSS, FINDING_FIX_YES,
        "accepted message whose sender file is lost",
        "recipients are known, the sender is not; the body is erased within "
        "36 hours",
        "rebuild", "The info entry vanished: crash without sync, or by hand",
        "qmail-send does not know the message; the cleaner erases the body",
        "stop qmail-send; write info/(N mod split)/N: F, the sender, NUL; "
        "owner qmails, mode 0600, time of the message file",
        NULL},
    [Q213] = {"Q213", FINDING_LOSS, FINDING_FIX_YES,
        "accepted message whose todo link is lost",
        "intd has a second link that is nowhere in the queue: it was "
        "accepted, and is erased within 36 hours",
        "link", "The todo entry vanished: crash without sync, or by hand",
        "Nobody delivers it; the cleaner erases it",
        "stop qmail-send; ln intd/N todo/N", NULL},
    [Q221] = {"Q221", FINDING_DUP, FINDING_FIX_YES, "todo entry came back",
        "some recipients are done, yet todo/ holds the message again: all "
        "would receive it once more",
        "quarantine", "A crash undid the removal of the todo entry",
        "At its next scan qmail-send delivers to everybody again",
        "stop qmail-send; move todo/N and intd/N away", NULL},
    [Q222] = {"Q222", FINDING_LEAK, FINDING_FIX_PREEN,
        "new message with an old bounce text",
        "the bounce text belongs to an earlier message with this number",
        "quarantine", "An earlier message left its bounce text behind",
        "The sender receives a failure notice about somebody else's mail",
        "move bounce/N out of the queue", NULL},
    [Q231] = {"Q231", FINDING_NOTE, FINDING_FIX_YES,
        "message without recipient lists",
        "no recipients are left: finished, or its lists were lost", "copy",
        "Usual for a moment at the end of a message; or lists were deleted",
        "qmail-send ends and removes it at its next start",
        "compare with the log: was each recipient delivered to?", NULL},
    [Q232] = {"Q232", FINDING_NOTE, FINDING_FIX_PREEN,
        "old envelope draft beside a message in delivery",
        "intd entry is of no use any more", "quarantine",
        "A crash between two steps of preprocessing", "Ignored",
        "move intd/N away while qmail-send is stopped", NULL},
    [Q306] = {"Q306", FINDING_STUCK, FINDING_FIX_MANUAL,
        "envelope and body have different names",
        "its body seems to be mess/{body}: that is the file with the inode "
        "number of this message",
        "rename",
        "A repair that renamed the body and not the rest, or was interrupted",
        "The message is stuck, the body is erased after 36 hours",
        "stop qmail-send; mv the body to mess/(N mod split)/N", NULL},
};

/* ---- helpers ------------------------------------------------------------- */

static struct finding
make_finding(struct check *c, int row, const struct inventory_message *m)
{
	struct finding f = finding_of(&rows[row]);

	f.id = m->id;
	f.birth = inventory_birth(m);
	f.uncertain = c->wish->live;
	return f;
}

/* Reports, with the path of one file, and plans to put files away. */
static void
report_files(struct check *c, struct finding *f,
    const struct inventory_message *m, enum queue_kind shown, unsigned bits)
{
	struct queue_path path = queue_path(&c->inv->layout, shown, m->id);

	f->path = span_cstr(path.text);
	if (check_report(c, f))
		rule_put_away(c, f, m, bits, PLAN_QUARANTINE);
	f->path = (struct span){0}; /* it ends with us */
}

static void
report_away(struct check *c, int row, const struct inventory_message *m,
    enum queue_kind shown, unsigned bits)
{
	struct finding f = make_finding(c, row, m);

	report_files(c, &f, m, shown, bits);
}

static int64_t
newest_of(const struct inventory_message *m)
{
	static const enum queue_kind kinds[] = {QUEUE_MESS, QUEUE_INTD};
	int64_t newest = INT64_MIN;

	for (size_t i = 0; i < 2; i++) {
		const struct inventory_file *f = &m->file[kinds[i]];

		if (f->present && f->mtime > newest)
			newest = f->mtime;
		if (f->present && f->ctime > newest)
			newest = f->ctime;
	}
	return newest;
}

enum {
	TODO = QUEUE_BIT(QUEUE_TODO),
	INTD = QUEUE_BIT(QUEUE_INTD),
	MESS = QUEUE_BIT(QUEUE_MESS),
	INFO = QUEUE_BIT(QUEUE_INFO),
	BOUNCE = QUEUE_BIT(QUEUE_BOUNCE),
	LISTS = QUEUE_BIT(QUEUE_LOCAL) | QUEUE_BIT(QUEUE_REMOTE),
	ALL = QUEUE_SETS - 1,
};

static bool
has_done_mark(const struct inventory_message *m)
{
	const struct records *local = m->records[QUEUE_LOCAL];
	const struct records *remote = m->records[QUEUE_REMOTE];

	return (local != NULL && local->done > 0) ||
	       (remote != NULL && remote->done > 0);
}

/* ---- sets with a body ---------------------------------------------------- */

static void
plan_relink(struct check *c, const struct finding *f,
    const struct inventory_message *m, unsigned lists)
{
	struct queue_path todo = queue_path(&c->inv->layout, QUEUE_TODO, m->id);
	struct queue_path intd = queue_path(&c->inv->layout, QUEUE_INTD, m->id);

	plan_begin(c->plan, f, PLAN_TURN_CONTENT, PLAN_FIX);
	for (enum queue_kind k = QUEUE_LOCAL; k <= QUEUE_REMOTE; k++) {
		if ((lists & m->bits & QUEUE_BIT(k)) != 0)
			plan_put_away(c->plan,
			    queue_path(&c->inv->layout, k, m->id).text,
			    m->file[k].ino, PLAN_QUARANTINE);
	}
	plan_link(c->plan, intd.text, m->file[QUEUE_INTD].ino, PLAN_QUEUE,
	    todo.text);
	plan_end(c->plan);
}

static void
judge_unfinished(struct check *c, const struct inventory_message *m,
    const struct queue_verdict *v)
{
	struct finding f;

	if (v->finding == NULL)
		return;
	f = make_finding(c, rows[Q213].id[3] == v->finding[3] ? Q213 : Q210, m);
	if (v->note_only) {
		f.class = FINDING_NOTE;
		f.fix = FINDING_FIX_NONE;
	}
	finding_add_number(&f, "erased",
	    (uint64_t)(m->file[QUEUE_MESS].atime + 129600));
	if (f.damage == &rows[Q210]) {
		report_files(c, &f, m, QUEUE_MESS, MESS | INTD);
		return;
	}
	f.path = span_cstr("intd");
	if (check_report(c, &f))
		plan_relink(c, &f, m, 0);
}

/* Leftovers of an earlier owner of the number. */
static void
report_leftovers(struct check *c, const struct inventory_message *m,
    unsigned bits)
{
	bits &= m->bits;
	if ((bits & BOUNCE) != 0)
		report_away(c, Q205, m, QUEUE_BOUNCE, BOUNCE);
	if ((bits & (LISTS | INFO)) != 0)
		report_away(c, Q206, m,
		    (bits & QUEUE_BIT(QUEUE_LOCAL)) != 0    ? QUEUE_LOCAL
		    : (bits & QUEUE_BIT(QUEUE_REMOTE)) != 0 ? QUEUE_REMOTE
		                                            : QUEUE_INFO,
		    bits & (LISTS | INFO));
}

/* The sender file that is missing, as good as it can be known. */
static void
plan_info(struct check *c, const struct finding *f,
    const struct inventory_message *m, struct span sender, bool drop_intd)
{
	struct queue_path info = queue_path(&c->inv->layout, QUEUE_INFO, m->id);
	struct queue_path intd = queue_path(&c->inv->layout, QUEUE_INTD, m->id);
	struct str bytes = {0};
	struct plan_new made = {
	    .path = info.text,
	    .uid = c->inv->ids.qmails,
	    .gid = c->inv->ids.qmail,
	    .mode = 0600,
	    .atime = PLAN_KEEP_TIME,
	    .mtime = m->file[QUEUE_MESS].mtime,
	};

	str_putc(&bytes, 'F');
	str_put(&bytes, sender);
	str_putc(&bytes, '\0');
	if (!str_ok(&bytes))
		c->failed = true;
	made.bytes = str_span(&bytes);
	plan_begin(c->plan, f, PLAN_TURN_CONTENT, PLAN_FIX);
	if (drop_intd)
		plan_put_away(c->plan, intd.text, m->file[QUEUE_INTD].ino,
		    PLAN_QUARANTINE);
	plan_create(c->plan, PLAN_CREATE, PLAN_QUEUE, &made);
	plan_end(c->plan);
	str_free(&bytes);
}

static void
judge_lost_todo(struct check *c, const struct inventory_message *m)
{
	const struct records *intd = m->records[QUEUE_INTD];
	struct finding f = make_finding(c, Q211, m);
	bool whole;

	if (!identity_holds(m)) {
		report_leftovers(c, m, LISTS | BOUNCE);
		return;
	}
	whole = intd != NULL && intd->has_sender &&
	        (intd->bad & (RECORDS_CUT | RECORDS_LETTER | RECORDS_NULS |
	                         RECORDS_UNREADABLE)) == 0;
	f.path = span_cstr("todo");
	if (!whole)
		f.fix = FINDING_FIX_MANUAL;
	if (!check_report(c, &f) || !whole)
		return;
	if (has_done_mark(m) || (m->bits & BOUNCE) != 0)
		plan_info(c, &f, m, intd->sender, true);
	else
		plan_relink(c, &f, m, LISTS);
}

static void
judge_lost_info(struct check *c, const struct inventory_message *m)
{
	struct finding f = make_finding(c, Q212, m);

	bool bounce = (m->bits & BOUNCE) != 0;

	/* older than the body: of somebody else */
	if (bounce && m->file[QUEUE_BOUNCE].mtime < m->file[QUEUE_MESS].mtime) {
		report_away(c, Q205, m, QUEUE_BOUNCE, BOUNCE);
		bounce = false;
	}
	if ((m->bits & LISTS) == 0 && !bounce)
		return;
	/* qmail-queue may be at work on it: nothing but tell */
	if (queue_age(newest_of(m), c->wish->now) == QUEUE_YOUNG)
		f.fix = FINDING_FIX_MANUAL;
	f.path = span_cstr("info");
	if (check_report(c, &f))
		plan_info(c, &f, m, (struct span){0}, false);
}

static void
judge_todo(struct check *c, const struct inventory_message *m)
{
	bool same = identity_holds(m);

	if (same && has_done_mark(m)) {
		report_away(c, Q221, m, QUEUE_TODO, TODO | INTD);
		return;
	}
	if ((m->bits & BOUNCE) != 0)
		report_away(c, Q222, m, QUEUE_BOUNCE, BOUNCE);
	/* a moment of preprocessing, or another message's lists */
	if (!same)
		report_leftovers(c, m, LISTS | INFO);
}

static void
judge_no_lists(struct check *c, const struct inventory_message *m)
{
	struct queue_path mess = queue_path(&c->inv->layout, QUEUE_MESS, m->id);
	struct queue_path info = queue_path(&c->inv->layout, QUEUE_INFO, m->id);
	struct finding f = make_finding(c, Q231, m);

	f.path = span_cstr(info.text);
	/* the copy has been made, or cannot be: what is no file is put aside
	 * by another finding */
	if (m->file[QUEUE_MESS].nlink > 1 ||
	    !S_ISREG(m->file[QUEUE_MESS].mode) ||
	    !S_ISREG(m->file[QUEUE_INFO].mode))
		f.fix = FINDING_FIX_NONE;
	if (!check_report(c, &f))
		return;
	plan_begin(c->plan, &f, PLAN_TURN_REMOVE, PLAN_FIX);
	plan_link(c->plan, mess.text, m->file[QUEUE_MESS].ino, PLAN_QUARANTINE,
	    mess.text);
	plan_link(c->plan, info.text, m->file[QUEUE_INFO].ino, PLAN_QUARANTINE,
	    info.text);
	plan_end(c->plan);
}

static void
judge_message(struct check *c, const struct inventory_message *m)
{
	const struct inventory_file *intd = &m->file[QUEUE_INTD];
	struct queue_facts facts = {
	    .bits = m->bits,
	    .age = queue_age(newest_of(m), c->wish->now),
	    .intd_linked = intd->present && intd->nlink == 2,
	    .done_mark = has_done_mark(m),
	};
	struct queue_verdict v = queue_judge(&facts);

	/* its missing parts lie elsewhere: putting them back is the repair */
	if (m->misplaced != 0 && !queue_set_is_broken(m->bits | m->misplaced) &&
	    (m->bits | m->misplaced) != m->bits)
		return;
	switch (v.state) {
	case QUEUE_S2:
	case QUEUE_S3:
		judge_unfinished(c, m, &v);
		return;
	case QUEUE_S4:
		if ((m->bits & (LISTS | INFO)) != 0)
			judge_todo(c, m);
		return;
	case QUEUE_S5:
		if (v.finding != NULL)
			judge_no_lists(c, m);
		return;
	case QUEUE_S1:
		return;
	case QUEUE_BROKEN:
		break;
	}
	if ((m->bits & TODO) != 0)
		judge_todo(c, m);
	else if ((m->bits & INFO) != 0)
		report_away(c, Q232, m, QUEUE_INTD, INTD);
	else if ((m->bits & INTD) != 0)
		judge_lost_todo(c, m);
	else
		judge_lost_info(c, m);
}

static void
find_state(struct check *c, const struct inventory_message *m)
{
	/* without a body the whole picture is needed: it may have another
	 * name */
	if ((m->bits & MESS) != 0)
		judge_message(c, m);
}

/* ---- sets without a body ------------------------------------------------- */

/* The first line of the body names the process that wrote the envelope, or the
 * second in which it arrived. */
static bool
proves_body(const struct inventory_message *m,
    const struct inventory_message *body)
{
	const struct records *text = body->records[QUEUE_MESS];
	const struct records *todo = m->records[QUEUE_TODO];
	int64_t birth = m->file[QUEUE_INFO].mtime;
	struct received line;
	const char *end;

	if (text == NULL || text->bytes.n == 0)
		return false;
	end = memchr(text->bytes.p, '\n', text->bytes.n);
	if (end == NULL || received_parse((struct span){text->bytes.p,
	                                      (size_t)(end - text->bytes.p)},
	                       &line) != RECEIVED_OK)
		return false;
	if (todo != NULL)
		return todo->has_ids && todo->qp == line.pid;
	return m->file[QUEUE_INFO].present && line.time >= birth - 2 &&
	       line.time <= birth + 2;
}

/* True when the body was found and reported. */
static bool
report_body(struct check *c, const struct inventory_message *m, uint64_t at)
{
	struct queue_path to = queue_path(&c->inv->layout, QUEUE_MESS, m->id);
	struct queue_path from = queue_path(&c->inv->layout, QUEUE_MESS, at);
	struct inventory_reader reader = {0};
	struct inventory_message body;
	struct finding f = make_finding(c, Q306, m);
	bool alone;

	inventory_read_message(c->inv, &reader, at, INVENTORY_BODIES, &body);
	/* with an envelope of its own it belongs to that */
	alone = (body.bits & ~(unsigned)MESS) == 0 && body.bits != 0;
	if (alone && proves_body(m, &body))
		f.fix = FINDING_FIX_YES;
	inventory_reader_free(&reader);
	if (!alone)
		return false;
	f.path = span_cstr(to.text);
	finding_add_number(&f, "body", at);
	if (check_report(c, &f)) {
		plan_begin(c->plan, &f, PLAN_TURN_PLACE, PLAN_FIX);
		plan_move(c->plan, from.text, m->id, PLAN_QUEUE, to.text);
		plan_end(c->plan);
	}
	return true;
}

static int
row_without_body(const struct inventory_message *m)
{
	if ((m->bits & TODO) != 0)
		return Q201;
	if ((m->bits & INFO) != 0 && (m->bits & LISTS) != 0)
		return Q202;
	if ((m->bits & INFO) != 0)
		return (m->bits & BOUNCE) != 0 ? Q203 : Q204;
	if ((m->bits & BOUNCE) != 0)
		return Q205;
	return (m->bits & LISTS) != 0 ? Q206 : Q207;
}

static void
judge_without_body(struct check *c, const struct inventory_message *m)
{
	static const enum queue_kind shown[ROWS] = {
	    [Q201] = QUEUE_TODO,
	    [Q202] = QUEUE_INFO,
	    [Q203] = QUEUE_INFO,
	    [Q204] = QUEUE_INFO,
	    [Q205] = QUEUE_BOUNCE,
	    [Q206] = QUEUE_LOCAL,
	    [Q207] = QUEUE_INTD,
	};
	int row = row_without_body(m);
	enum queue_kind kind = shown[row];
	uint64_t body = check_find_body(c, m->id);

	if (row <= Q203 && body != 0 && report_body(c, m, body))
		return;
	if (row == Q206 && (m->bits & QUEUE_BIT(QUEUE_LOCAL)) == 0)
		kind = QUEUE_REMOTE;
	/* qmail-queue makes intd after mess, the cleaner removes it first */
	if (row == Q207 && queue_age(newest_of(m), c->wish->now) == QUEUE_YOUNG)
		return;
	report_away(c, row, m, kind, ALL);
}

static void
find_without_body(struct check *c)
{
	struct inventory_reader reader = {0};

	for (size_t i = 0; i < c->no_messes; i++) {
		struct inventory_message m;

		inventory_read_message(c->inv, &reader, c->no_mess[i].id,
		    INVENTORY_DEEP, &m);
		/* its body lies in the wrong subdirectory */
		if (m.bits != 0 && (m.bits & MESS) == 0 &&
		    (c->no_mess[i].misplaced & MESS) == 0)
			judge_without_body(c, &m);
	}
	inventory_reader_free(&reader);
}

const struct damage_group damage_state = {
    .name = "state",
    .row = rows,
    .rows = ROWS,
    .message = find_state,
    .finish = find_without_body,
};
