/* SPDX-License-Identifier: ISC */
#include <string.h>
#include <sys/stat.h>

#include "qmail/queue_state.h"
#include "qmail/received.h"
#include "qmail/repair/catalogue.h"
#include "qmail/repair/rule.h"

/* What is inside message files. */

enum {
	Q401,
	Q402,
	Q403,
	Q404,
	Q405,
	Q406,
	Q407,
	Q408,
	Q409,
	Q410,
	Q411,
	Q412,
	Q413,
	Q414,
	Q415,
	Q417,
	ROWS
};

static const struct damage rows[ROWS] = {
    [Q401] = {"Q401", FINDING_STUCK, FINDING_FIX_YES, "sender file empty",
        "no sender; the message never moves", "rebuild",
        "A crash or full disk after the file was made",
        "qmail-send tries for ever, with or without a warning",
        "stop qmail-send; write F, the sender, NUL into it; keep its time",
        "trouble opening info/"},
    [Q402] = {"Q402", FINDING_STUCK, FINDING_FIX_YES, "sender file malformed",
        "no complete sender record", "rebuild",
        "A crash or full disk while it was written",
        "qmail-send tries for ever", "as for Q401", "trouble opening info/"},
    [Q403] = {"Q403", FINDING_LOSS, FINDING_FIX_YES, "recipient list empty",
        "no recipients; starting qmail-send removes the message", "hold",
        "A crash or full disk after the file was made",
        "end msg at the next start, and nobody received it",
        "stop qmail-send; write the recipients from the log: T, address, NUL",
        NULL},
    [Q404] = {"Q404", FINDING_LOSS, FINDING_FIX_YES,
        "last recipient not terminated",
        "last record not terminated; starting qmail-send drops {tail}", "hold",
        "A crash or full disk while the list was written",
        "That recipient is dropped without a word",
        "stop qmail-send; complete the address and append a NUL", NULL},
    [Q405] = {"Q405", FINDING_STUCK, FINDING_FIX_YES,
        "unknown record in a recipient list",
        "record at {offset} is neither T nor D; those behind it are never "
        "tried",
        "hold", "A bad disk, or a restore that changed bytes",
        "qmail-send warns and stops reading there",
        "stop qmail-send; correct the letter",
        "unknown record type in local/|unknown record type in remote/"},
    [Q406] = {"Q406", FINDING_LOSS, FINDING_FIX_YES,
        "zero bytes in place of records",
        "zero bytes from {offset}; recipients may be missing", "hold",
        "A crash before data reached the disk: the file has its size, "
        "but zeros in it",
        "qmail-send stops reading there",
        "stop qmail-send; complete the list from the log",
        "unknown record type in local/|unknown record type in remote/|"
        "unknown record type in todo/"},
    [Q407] = {"Q407", FINDING_STUCK, FINDING_FIX_YES,
        "unknown record in a new envelope",
        "record at {offset} is of no known kind", "hold",
        "A bad disk, or an envelope of another qmail",
        "qmail-send warns at each scan and never delivers",
        "look at todo/N; correct the letter", "unknown record type in todo/"},
    [Q408] = {"Q408", FINDING_LOSS, FINDING_FIX_PREEN,
        "new envelope incomplete",
        "no sender, or cut in the last record; preprocessing loses it", "hold",
        "A crash or full disk while it was written",
        "Recipients are dropped, the envelope is erased",
        "move the message out of the queue, complete the envelope from the "
        "log",
        NULL},
    [Q409] = {"Q409", FINDING_NOTE, FINDING_FIX_NONE,
        "envelope without its origin", "user or process number missing", "none",
        "An unusual qmail-queue", "None", "nothing", NULL},
    [Q410] = {"Q410", FINDING_NOTE, FINDING_FIX_NONE, "unusual address",
        "an address without @, empty, too long or with odd bytes", "none",
        "Whoever sent the message", "May be refused when delivered", "nothing",
        NULL},
    [Q411] = {"Q411", FINDING_NOTE, FINDING_FIX_NONE, "double bounce",
        "sender is #@[]: when it fails, it is discarded", "none",
        "A bounce that could not be delivered", "None", "nothing", NULL},
    [Q412] = {"Q412", FINDING_NOTE, FINDING_FIX_NONE,
        "recipient twice in a list", "the same address twice", "none",
        "The sender named it twice, or a crash", "Delivered twice", "nothing",
        NULL},
    [Q413] = {"Q413", FINDING_NOTE, FINDING_FIX_NONE, "list finished",
        "all recipients are done", "none", "A crash before its removal",
        "qmail-send finishes it", "nothing", NULL},
    [Q414] = {"Q414", FINDING_LOSS, FINDING_FIX_YES, "body damaged", "{what}",
        "hold", "A crash or full disk while it was written",
        "Recipients get an empty or broken message",
        "ask the sender to send it again", NULL},
    [Q415] = {"Q415", FINDING_NOTE, FINDING_FIX_NONE,
        "bounce text not as written by qmail-send",
        "does not end in a blank line, or has odd bytes", "none",
        "A crash while it was written", "The bounce looks odd", "nothing",
        NULL},
    [Q417] = {"Q417", FINDING_NOTE, FINDING_FIX_NONE,
        "bounce text names a stranger",
        "{recipient} is no recipient of this message", "none",
        "The text may belong to an earlier message with this number",
        "The sender may receive somebody else's bounce",
        "compare with the log; move bounce/N away", NULL},
};

/* ---- helpers ------------------------------------------------------------- */

struct subject {
	struct check *c;
	const struct inventory_message *m;
	enum queue_kind kind;
	const struct records *r;
	struct queue_path path;
};

static struct finding
make_finding(const struct subject *s, int row)
{
	struct finding f = finding_of(&rows[row]);

	f.id = s->m->id;
	f.birth = inventory_birth(s->m);
	f.path = span_cstr(s->path.text);
	return f;
}

static void
note(const struct subject *s, int row)
{
	struct finding f = make_finding(s, row);

	(void)check_report(s->c, &f);
}

/* The whole message goes where no start of qmail-send can harm it. */
static void
report_hold(const struct subject *s, struct finding *f)
{
	if (check_report(s->c, f))
		rule_put_away(s->c, f, s->m, s->m->bits, PLAN_HOLD);
}

static struct span
tail_of(const struct records *r)
{
	size_t n = r->bytes.n - (size_t)r->bad_at;

	return (struct span){r->bytes.p + r->bad_at, n < 64 ? n : 64};
}

/* ---- info ---------------------------------------------------------------- */

static void
judge_info(const struct subject *s)
{
	bool is_empty = (s->r->bad & RECORDS_EMPTY) != 0;
	const struct records *todo = s->m->records[QUEUE_TODO];
	struct finding f;

	if (todo == NULL)
		todo = s->m->records[QUEUE_INTD];
	if (s->r->has_sender && s->r->bad_at > 0) {
		if (span_eq(s->r->sender, SPAN("#@[]")))
			note(s, Q411);
		return;
	}
	f = make_finding(s, is_empty ? Q401 : Q402);
	finding_add_number(&f, "offset", s->r->bad_at);
	if (check_report(s->c, &f)) {
		struct str bytes = {0};

		str_putc(&bytes, 'F');
		if (todo != NULL && todo->has_sender)
			str_put(&bytes, todo->sender);
		str_putc(&bytes, '\0');
		if (!str_ok(&bytes))
			s->c->failed = true;
		rule_replace(s->c, &f, s->m, QUEUE_INFO, str_span(&bytes),
		    s->m->file[QUEUE_INFO].mtime);
		str_free(&bytes);
	}
}

/* ---- lists --------------------------------------------------------------- */

static void
judge_list_contents(const struct subject *s)
{
	if ((s->r->bad & RECORDS_TWICE) != 0)
		note(s, Q412);
	if ((s->r->bad & RECORDS_ODD_ADDRESS) != 0)
		note(s, Q410);
	if (s->r->waiting == 0 && s->r->done > 0)
		note(s, Q413);
}

static bool
is_good_address(struct span text)
{
	return text.n > 0 && memchr(text.p, '@', text.n) != NULL;
}

/* One letter was flipped: the address is whole, so it is tried again rather
 * than taken for done. */
static bool
plan_letter(const struct subject *s, const struct finding *f)
{
	size_t at = (size_t)s->r->bad_at, n = s->r->bytes.n - at;
	const char *p = s->r->bytes.p + at;
	const char *end = memchr(p, '\0', n);

	if (end == NULL ||
	    !is_good_address((struct span){p + 1, (size_t)(end - p) - 1}))
		return false;
	plan_begin(s->c->plan, f, PLAN_TURN_CONTENT, PLAN_FIX);
	plan_patch(s->c->plan, s->path.text, s->m->file[s->kind].ino, at,
	    SPAN("T"));
	plan_end(s->c->plan);
	return true;
}

static void
report_letter(const struct subject *s)
{
	struct finding f = make_finding(s, Q405);

	finding_add_number(&f, "offset", s->r->bad_at);
	if (check_report(s->c, &f) && !plan_letter(s, &f))
		rule_put_away(s->c, &f, s->m, s->m->bits, PLAN_HOLD);
}

static void
judge_list(const struct subject *s)
{
	unsigned bad = s->r->bad;
	struct finding f;

	if ((bad & RECORDS_EMPTY) != 0) {
		f = make_finding(s, Q403);
		report_hold(s, &f);
	} else if ((bad & RECORDS_NULS) != 0) {
		f = make_finding(s, Q406);
		finding_add_number(&f, "offset", s->r->bad_at);
		report_hold(s, &f);
	} else if ((bad & RECORDS_LETTER) != 0) {
		report_letter(s);
	} else if ((bad & RECORDS_CUT) != 0) {
		f = make_finding(s, Q404);
		finding_add_number(&f, "offset", s->r->bad_at);
		finding_add_text(&f, "tail", tail_of(s->r));
		report_hold(s, &f);
	} else {
		judge_list_contents(s);
	}
}

/* ---- new envelopes ------------------------------------------------------- */

static void
judge_todo(const struct subject *s)
{
	unsigned bad = s->r->bad;
	struct finding f;

	if ((bad & RECORDS_NULS) != 0) {
		f = make_finding(s, Q406);
		finding_add_number(&f, "offset", s->r->bad_at);
		report_hold(s, &f);
	} else if ((bad & RECORDS_LETTER) != 0) {
		f = make_finding(s, Q407);
		finding_add_number(&f, "offset", s->r->bad_at);
		report_hold(s, &f);
	} else if ((bad & (RECORDS_EMPTY | RECORDS_NO_SENDER | RECORDS_CUT)) !=
	           0) {
		f = make_finding(s, Q408);
		finding_add_number(&f, "offset", s->r->bad_at);
		report_hold(s, &f);
	} else if ((bad & RECORDS_IDS) != 0) {
		note(s, Q409);
	}
}

/* ---- bodies and bounces -------------------------------------------------- */

static void
judge_body(const struct subject *s)
{
	static const struct span start = SPAN_INIT("Received: (qmail ");
	struct span body = str_span(&s->r->bytes);
	struct finding f = make_finding(s, Q414);
	const char *what = NULL;

	if (body.n == 0)
		what = "empty: the body is lost";
	else if (memchr(body.p, '\0', body.n) != NULL &&
	         body.p[body.n - 1] == '\0')
		what = "zero bytes in place of text: the body is lost";
	else if (!span_take_prefix(&body, start))
		what = "does not begin with the Received line of qmail-queue";
	if (what == NULL)
		return;
	/* a wrapper may have its own first line */
	if (body.n > 0 && what[0] == 'd') {
		f.class = FINDING_NOTE;
		f.fix = FINDING_FIX_NONE;
	}
	finding_add_text(&f, "what", span_cstr(what));
	report_hold(s, &f);
}

static bool
is_recipient(const struct inventory_message *m, struct span name)
{
	for (enum queue_kind k = QUEUE_LOCAL; k <= QUEUE_REMOTE; k++) {
		const struct records *r = m->records[k];
		struct span text;
		uint64_t at = 0;
		char letter;

		while (r != NULL && records_next(r, &at, &letter, &text)) {
			/* a virtual domain's prefix is not in the text */
			if (text.n >= name.n && memcmp(text.p + text.n - name.n,
			                            name.p, name.n) == 0)
				return true;
		}
	}
	return false;
}

/* The first line of a paragraph is "<ADDRESS>:". */
static void
judge_bounce_names(const struct subject *s)
{
	struct span text = str_span(&s->r->bytes);
	struct finding f = make_finding(s, Q417);
	const char *end = text.n == 0 ? NULL : memchr(text.p, '\n', text.n);
	struct span name;

	if (end == NULL || text.p[0] != '<' || end - text.p < 3 ||
	    memcmp(end - 2, ">:", 2) != 0)
		return;
	name = (struct span){text.p + 1, (size_t)(end - text.p) - 3};
	if (is_recipient(s->m, name))
		return;
	finding_add_text(&f, "recipient", name);
	(void)check_report(s->c, &f);
}

static void
judge_bounce(const struct subject *s)
{
	if ((s->r->bad & (RECORDS_ENDS_BADLY | RECORDS_CONTROL)) != 0)
		note(s, Q415);
	if ((s->m->bits & (QUEUE_BIT(QUEUE_LOCAL) | QUEUE_BIT(QUEUE_REMOTE))) !=
	    0)
		judge_bounce_names(s);
}

/* ---- sizes alone --------------------------------------------------------- */

/* An empty file is known without reading. */
static const struct records empty = {.bad = RECORDS_EMPTY | RECORDS_NO_SENDER};

static void
judge_kind(const struct subject *s)
{
	switch (s->kind) {
	case QUEUE_MESS:
		judge_body(s);
		break;
	case QUEUE_TODO:
		judge_todo(s);
		break;
	case QUEUE_INFO:
		judge_info(s);
		break;
	case QUEUE_LOCAL:
	case QUEUE_REMOTE:
		judge_list(s);
		break;
	case QUEUE_BOUNCE:
		judge_bounce(s);
		break;
	case QUEUE_INTD:
	case QUEUE_KINDS:
		break;
	}
}

/* Of a set that the state table finds broken, those files are judged that keep
 * their meaning. */
static bool
is_judged(const struct inventory_message *m)
{
	enum queue_state state = queue_row_find(m->bits)->state;

	return state == QUEUE_S4 || state == QUEUE_S5;
}

static bool
is_empty_file(const struct inventory_file *file, enum queue_kind kind)
{
	/* nlink: of names alone no size is known */
	return file->nlink > 0 && file->size == 0 && kind != QUEUE_BOUNCE &&
	       kind != QUEUE_MESS;
}

static void
find_record(struct check *c, const struct inventory_message *m)
{
	if (!is_judged(m))
		return;
	for (enum queue_kind kind = QUEUE_MESS; kind < QUEUE_KINDS; kind++) {
		struct subject s = {c, m, kind, m->records[kind], {""}};

		if (!m->file[kind].present || !S_ISREG(m->file[kind].mode))
			continue;
		s.path = queue_path(&c->inv->layout, kind, m->id);
		if (s.r == NULL && is_empty_file(&m->file[kind], kind))
			s.r = &empty;
		if (s.r == NULL)
			continue;
		if ((s.r->bad & RECORDS_UNREADABLE) != 0)
			c->summary.unreadable++;
		else
			judge_kind(&s);
	}
}

const struct damage_group damage_record = {
    .name = "record",
    .row = rows,
    .rows = ROWS,
    .message = find_record,
};
