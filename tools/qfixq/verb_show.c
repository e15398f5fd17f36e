/* SPDX-License-Identifier: ISC */
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>

#include "fmt/printable.h"
#include "qmail/queue_state.h"
#include "tools/qfixq/letter.h"
#include "tools/qfixq/report.h"
#include "tools/qfixq/verb.h"
#include "tools/qfixq/view.h"

/* Everything about single messages. */

enum { SHOW_MAX = 64 * 1024, RAW_MAX = 256 << 20 };

/* ---- envelope ------------------------------------------------------------ */

static void
put_field(struct out *out, const char *name, struct span value)
{
	struct str line = {0};

	str_put_cstr(&line, name);
	printable_put(&line, value);
	str_putc(&line, '\n');
	out_put(out, str_span(&line));
	str_free(&line);
}

static void
put_envelope(struct job *job, const struct view *v)
{
	const struct records *todo = v->m->records[QUEUE_TODO];
	struct view_recipient r = {0};
	struct str token = {0};

	report_put_token(&token, v->m->id, v->birth);
	put_field(&job->out, "token: ", str_span(&token));
	put_field(&job->out, "state: ", span_cstr(v->state));
	if (v->has_sender)
		put_field(&job->out, "sender: ", v->sender);
	str_reset(&token);
	if (todo != NULL && todo->has_ids) {
		str_put_u64(&token, todo->uid);
		put_field(&job->out, "uid: ", str_span(&token));
		str_reset(&token);
		str_put_u64(&token, todo->qp);
		put_field(&job->out, "qp: ", str_span(&token));
	}
	while (view_next(v, &r)) {
		str_reset(&token);
		str_put_cstr(&token, r.done ? "done " : "");
		str_put_cstr(&token, queue_kind_name(r.kind));
		str_put_cstr(&token, ": ");
		put_field(&job->out, str_cstr(&token), r.address);
	}
	str_free(&token);
}

/* ---- text ---------------------------------------------------------------- */

/* Line by line; what a terminal could take for a command is escaped. */
static void
put_text(struct job *job, struct span text)
{
	struct str line = {0};

	if (options_has(job->o, JOB_RAW)) {
		out_put(&job->out, text);
		return;
	}
	while (text.n > 0) {
		size_t n = 0;

		while (n < text.n && text.p[n] != '\n')
			n++;
		printable_put(&line, (struct span){text.p, n});
		str_putc(&line, '\n');
		out_put(&job->out, str_span(&line));
		str_reset(&line);
		n += n < text.n ? 1 : 0;
		text.p += n;
		text.n -= n;
	}
	str_free(&line);
}

enum part { PART_ENVELOPE = 1, PART_HEAD = 2, PART_BODY = 4 };

static int
put_letter(struct job *job, const struct inventory_message *m, unsigned parts)
{
	size_t max = options_has(job->o, JOB_RAW) ? RAW_MAX : SHOW_MAX;
	struct str text = {0};
	struct err e;
	int rc = letter_load(job->queue_dir, &job->inv.layout, m,
	    (parts & PART_BODY) != 0 ? max : LETTER_HEAD_MAX, &text, &e);

	if ((parts & PART_HEAD) != 0)
		put_text(job, letter_head(str_span(&text)));
	if ((parts & PART_HEAD) != 0 && (parts & PART_BODY) != 0)
		out_putc(&job->out, '\n');
	if ((parts & PART_BODY) != 0)
		put_text(job, letter_body(str_span(&text)));
	str_free(&text);
	return rc == -1 ? job_trouble(&e) : 0;
}

/* ---- files --------------------------------------------------------------- */

static void
put_time(struct str *t, const char *name, int64_t when)
{
	str_put_cstr(t, name);
	str_put_i64(t, when);
}

static void
put_file(struct job *job, const struct inventory_message *m,
    enum queue_kind kind)
{
	struct queue_path path = queue_path(&job->inv.layout, kind, m->id);
	const struct inventory_file *f = &m->file[kind];
	const struct records *r = m->records[kind];
	char text[160];
	struct str t = {0};

	(void)snprintf(text, sizeof(text),
	    "%-24s ino %" PRIu64 " %u:%u %06o links %u size %" PRIu64,
	    path.text, f->ino, f->uid, f->gid, f->mode, f->nlink, f->size);
	str_put_cstr(&t, text);
	put_time(&t, " mtime ", f->mtime);
	put_time(&t, " ctime ", f->ctime);
	put_time(&t, " atime ", f->atime);
	if (r != NULL && r->bytes.n > 0 && kind != QUEUE_MESS &&
	    kind != QUEUE_BOUNCE) {
		str_put_cstr(&t, "\n    ");
		printable_put(&t, (struct span){r->bytes.p,
		                      r->bytes.n < 200 ? r->bytes.n : 200});
	}
	str_putc(&t, '\n');
	out_put(&job->out, str_span(&t));
	str_free(&t);
}

static void
put_files(struct job *job, const struct view *v)
{
	const struct inventory_message *m = v->m;
	uint64_t ino = m->file[QUEUE_MESS].ino;
	struct str t = {0};

	str_put_cstr(&t, "id ");
	str_put_u64(&t, m->id);
	str_put_cstr(&t, "  inode ");
	str_put_u64(&t, ino);
	str_put_cstr(&t, ino == m->id ? " ok" : " other");
	str_put_cstr(&t, "  row ");
	str_put_cstr(&t, queue_row_find(m->bits)->name);
	str_put_cstr(&t, "  state ");
	str_put_cstr(&t, v->state);
	put_time(&t, "  birth ", v->birth);
	if (v->next != 0)
		put_time(&t, "  next ", v->next);
	str_putc(&t, '\n');
	out_put(&job->out, str_span(&t));
	str_free(&t);
	for (enum queue_kind k = QUEUE_MESS; k < QUEUE_KINDS; k++) {
		if (m->file[k].present)
			put_file(job, m, k);
	}
}

/* ---- verbs --------------------------------------------------------------- */

/* Calls put for each operand, with what the queue knows. Exit status 1 when one
 * is not there, or another message has its number now. */
static int
each(struct job *job, int (*put)(struct job *job, const struct view *v))
{
	struct inventory_reader reader = {0};
	int status = 0;

	if (job->operands == 0)
		return job_usage("which message?");
	if (!job->inv.is_queue)
		return job_trouble(&job->inv.trouble);
	for (size_t i = 0; i < job->operands; i++) {
		struct inventory_message m;
		struct view v;
		uint64_t id;
		int64_t birth;

		if (!job_parse_token(span_cstr(job->operand[i]), &id, &birth))
			return job_usage("no message number: %s",
			    job->operand[i]);
		inventory_read_message(&job->inv, &reader, id, INVENTORY_DEEP,
		    &m);
		view_of(&v, &m);
		if (m.bits == 0 || (birth != 0 && birth != v.birth)) {
			(void)fprintf(stderr,
			    "qfixq: warning: no such message: %s\n",
			    job->operand[i]);
			status |= 1;
			continue;
		}
		status |= put(job, &v);
	}
	inventory_reader_free(&reader);
	return status;
}

static int
show_all(struct job *job, const struct view *v)
{
	put_envelope(job, v);
	out_putc(&job->out, '\n');
	return put_letter(job, v->m, PART_HEAD | PART_BODY);
}

static int
show_head(struct job *job, const struct view *v)
{
	return put_letter(job, v->m, PART_HEAD);
}

static int
show_body(struct job *job, const struct view *v)
{
	return put_letter(job, v->m, PART_BODY);
}

static int
show_envelope(struct job *job, const struct view *v)
{
	put_envelope(job, v);
	return 0;
}

static int
show_files(struct job *job, const struct view *v)
{
	put_files(job, v);
	return 0;
}

static int
run_show(struct job *job)
{
	return each(job, show_all);
}

static int
run_headers(struct job *job)
{
	return each(job, show_head);
}

static int
run_body(struct job *job)
{
	return each(job, show_body);
}

static int
run_envelope(struct job *job)
{
	return each(job, show_envelope);
}

static int
run_files(struct job *job)
{
	return each(job, show_files);
}

const struct verb verb_show = {
    .name = "show",
    .usage = "show ID...",
    .help = "envelope, header and the first 64 KiB of the body",
    .needs_queue = true,
    .run = run_show,
};

const struct verb verb_headers = {
    .name = "headers",
    .usage = "headers ID...",
    .help = "header of a message",
    .needs_queue = true,
    .run = run_headers,
};

const struct verb verb_body = {
    .name = "body",
    .usage = "body ID...",
    .help = "body of a message",
    .needs_queue = true,
    .run = run_body,
};

const struct verb verb_envelope = {
    .name = "envelope",
    .usage = "envelope ID...",
    .help = "sender and recipients",
    .needs_queue = true,
    .run = run_envelope,
};

const struct verb verb_files = {
    .name = "files",
    .usage = "files ID...",
    .help = "all files of a message, with inodes, owners, times",
    .needs_queue = true,
    .run = run_files,
};
