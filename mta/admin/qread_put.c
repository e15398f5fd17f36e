/* SPDX-License-Identifier: ISC */
#include "mta/admin/qread_put.h"

#include <errno.h>
#include <string.h>

#include "fmt/date.h"
#include "fmt/json.h"
#include "qmail/queue_state.h"
#include "qmail/retry.h"

/* When a list is tried next. Its mtime is the answer only after qmail-send has
 * stopped in good order; then it usually lies in the future. */
struct attempt {
	int64_t time;
	bool is_exact;
};

static struct attempt
next_attempt(const struct qread_put *p, const struct queue_message *m,
    enum queue_kind kind)
{
	unsigned skip =
	    kind == QUEUE_LOCAL ? RETRY_SKIP_LOCAL : RETRY_SKIP_REMOTE;

	if (m->file[kind].mtime > p->now)
		return (struct attempt){m->file[kind].mtime, true};
	return (struct attempt){retry_estimate(m->birth, p->now, skip), false};
}

/* ---- text ---------------------------------------------------------------- */

/* Every byte outside 32..126 becomes '_'. */
static void
put_plain(struct str *out, struct span bytes)
{
	size_t start = 0;

	for (size_t i = 0; i < bytes.n; i++) {
		if (bytes.p[i] >= ' ' && bytes.p[i] <= '~')
			continue;
		str_put(out, (struct span){bytes.p + start, i - start});
		str_putc(out, '_');
		start = i + 1;
	}
	str_put(out, span_from(bytes, start));
}

static void
put_message_line(struct str *line, const struct queue_message *m, bool bouncing)
{
	date_put_plain(line, m->birth);
	str_put_cstr(line, " GMT  #");
	str_put_u64(line, m->id);
	str_put_cstr(line, "  ");
	str_put_u64(line, m->size);
	str_put_cstr(line, "  <");
	put_plain(line, str_span(&m->sender));
	str_put_cstr(line, bouncing ? ">  bouncing\n" : "> \n");
}

static void
put_recipient_line(struct str *line, const struct queue_recipient *r)
{
	str_put_cstr(line, r->done ? "  done\t" : "\t");
	str_put_cstr(line, queue_kind_name(r->kind));
	str_putc(line, '\t');
	put_plain(line, r->address);
	str_putc(line, '\n');
}

static void
put_next_line(struct qread_put *p, const struct queue_message *m,
    enum queue_kind kind)
{
	struct attempt next = next_attempt(p, m, kind);

	str_put_cstr(&p->line, "  next\t");
	str_put_cstr(&p->line, queue_kind_name(kind));
	str_put_cstr(&p->line, next.is_exact ? "\t" : "\t~ ");
	date_put_plain(&p->line, next.time);
	str_put_cstr(&p->line, " GMT\n");
}

static void
put_warning(struct str *line, uint64_t id, int sys)
{
	str_put_cstr(line, "warning: trouble with #");
	str_put_u64(line, id);
	str_put_cstr(line, ": ");
	str_put_cstr(line, strerror(sys));
	str_putc(line, '\n');
}

void
qread_put_text(struct qread_put *p, struct queue_message *m, bool bouncing)
{
	static const enum queue_kind lists[] = {QUEUE_LOCAL, QUEUE_REMOTE};
	struct queue_recipient r;

	put_message_line(&p->line, m, bouncing);
	while (queue_message_next(m, &r)) {
		put_recipient_line(&p->line, &r);
		if (p->line.n >= OUT_BUFFER / 2)
			out_put_str(p->out, &p->line);
	}
	for (size_t i = 0; i < 2; i++) {
		const struct queue_file *f = &m->file[lists[i]];

		if (p->with_next && f->waiting > 0)
			put_next_line(p, m, lists[i]);
		if ((f->bad & (QUEUE_BAD_READ | QUEUE_BAD_TYPE)) != 0)
			put_warning(&p->line, m->id,
			    f->sys != 0 ? f->sys : EINVAL);
	}
	out_put_str(p->out, &p->line);
}

void
qread_put_text_trouble(struct qread_put *p, uint64_t id, const struct err *e)
{
	put_warning(&p->line, id, e->kind == ERR_SYS ? e->sys : EINVAL);
	out_put_str(p->out, &p->line);
}

/* ---- JSON ---------------------------------------------------------------- */

static void
put_json_recipient(struct json *j, const struct queue_recipient *r)
{
	json_open_object(j);
	json_key(j, "chan");
	json_string(j, span_cstr(queue_kind_name(r->kind)));
	json_key(j, "addr");
	json_string(j, r->address);
	json_key(j, "done");
	json_bool(j, r->done);
	json_close(j);
}

static void
put_json_next(struct qread_put *p, struct json *j,
    const struct queue_message *m)
{
	static const enum queue_kind lists[] = {QUEUE_LOCAL, QUEUE_REMOTE};

	json_key(j, "next");
	json_open_array(j);
	for (size_t i = 0; i < 2; i++) {
		struct attempt next = next_attempt(p, m, lists[i]);

		if (m->file[lists[i]].waiting == 0)
			continue;
		json_open_object(j);
		json_key(j, "chan");
		json_string(j, span_cstr(queue_kind_name(lists[i])));
		json_key(j, "time");
		json_i64(j, next.time);
		json_key(j, "exact");
		json_bool(j, next.is_exact);
		json_close(j);
	}
	json_close(j);
}

/* The gravest trouble of the first file that has any. */
static void
put_json_error(struct json *j, const struct queue_message *m)
{
	for (enum queue_kind kind = QUEUE_MESS; kind < QUEUE_KINDS; kind++) {
		const char *trouble = queue_file_trouble(m->file[kind].bad);
		struct str text = {0};

		if (trouble == NULL)
			continue;
		str_put_cstr(&text, queue_kind_name(kind));
		str_putc(&text, ' ');
		str_put_cstr(&text, trouble);
		json_key(j, "error");
		json_string(j, str_span(&text));
		str_free(&text);
		return;
	}
}

void
qread_put_json(struct qread_put *p, struct queue_message *m, bool bouncing)
{
	struct json j = {.out = &p->line};
	struct queue_recipient r;

	json_open_object(&j);
	json_key(&j, "id");
	json_u64(&j, m->id);
	json_key(&j, "birth");
	json_i64(&j, m->birth);
	json_key(&j, "size");
	json_u64(&j, m->size);
	json_key(&j, "sender");
	json_string(&j, str_span(&m->sender));
	json_key(&j, "bouncing");
	json_bool(&j, bouncing);
	json_key(&j, "recips");
	json_open_array(&j);
	while (queue_message_next(m, &r)) {
		put_json_recipient(&j, &r);
		if (p->line.n >= OUT_BUFFER / 2)
			out_put_str(p->out, &p->line);
	}
	json_close(&j);
	if (p->with_next)
		put_json_next(p, &j, m);
	put_json_error(&j, m);
	json_close(&j);
	str_putc(&p->line, '\n');
	out_put_str(p->out, &p->line);
}

void
qread_put_json_trouble(struct qread_put *p, uint64_t id, const struct err *e)
{
	struct json j = {.out = &p->line};

	json_open_object(&j);
	json_key(&j, "id");
	json_u64(&j, id);
	json_key(&j, "error");
	json_string(&j, span_cstr(e->text));
	json_close(&j);
	str_putc(&p->line, '\n');
	out_put_str(p->out, &p->line);
}
