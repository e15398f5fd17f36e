/* SPDX-License-Identifier: ISC */
#include "tools/qfixq/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "fmt/printable.h"
#include "prog/term.h"
#include "qmail/queue_path.h"
#include "tools/qfixq/report_plan.h"

enum { MAX_FINDINGS = 200, NUMBER_MAX = 24 };

struct report_kind {
	const struct damage *damage;
	enum finding_class class; /* the gravest of them */
	enum finding_fix fix;
	const char *action;
	uint64_t n;
	struct str lines; /* the first ones */
};

/* ---- small pieces -------------------------------------------------------- */

void
report_put_token(struct str *out, uint64_t id, int64_t birth)
{
	if (id == 0)
		return;
	str_put_u64(out, id);
	if (birth <= 0)
		return;
	str_putc(out, '.');
	str_put_i64(out, birth);
}

void
report_put_count(struct str *out, uint64_t n)
{
	char text[NUMBER_MAX];
	int len = snprintf(text, sizeof(text), "%llu", (unsigned long long)n);

	for (int i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0)
			str_putc(out, ' ');
		str_putc(out, text[i]);
	}
}

static void
put_padded(struct str *out, const char *text, size_t width)
{
	size_t n = strlen(text);

	str_put_cstr(out, text);
	for (; n < width; n++)
		str_putc(out, ' ');
}

static void
put_class(const struct report *r, enum finding_class class)
{
	static const enum term_style styles[FINDING_CLASSES] = {
	    [FINDING_LOSS] = TERM_RED,
	    [FINDING_LEAK] = TERM_RED,
	    [FINDING_DUP] = TERM_RED,
	    [FINDING_STUCK] = TERM_YELLOW,
	    [FINDING_FAIL] = TERM_YELLOW,
	    [FINDING_DELAY] = TERM_YELLOW,
	    [FINDING_SEC] = TERM_YELLOW,
	    [FINDING_NOTE] = TERM_DIM,
	};
	struct str cell = {0};

	put_padded(&cell, finding_class_name(class), 6);
	out_put_cstr(&r->job->out, term_style(styles[class], r->color));
	out_put(&r->job->out, str_span(&cell));
	out_put_cstr(&r->job->out, term_style(TERM_PLAIN, r->color));
	str_free(&cell);
}

static void
flush_text(struct report *r)
{
	out_put(&r->job->out, str_span(&r->text));
	if (!str_ok(&r->text))
		r->failed = true;
	str_reset(&r->text);
}

/* ---- one finding, for machines ------------------------------------------- */

static void
put_json_text(struct json *j, const char *key, const char *text)
{
	json_key(j, key);
	json_string(j, span_cstr(text));
}

static void
put_json_args(struct json *j, const struct finding *f)
{
	json_key(j, "detail");
	json_open_object(j);
	for (size_t i = 0; i < f->args; i++) {
		json_key(j, f->arg[i].name);
		if (f->arg[i].is_text)
			json_string(j, f->arg[i].text);
		else
			json_u64(j, f->arg[i].number);
	}
	json_close(j);
}

static void
put_json(struct report *r, const struct finding *f)
{
	const char letter[2] = {finding_fix_letter(f->fix), '\0'};
	struct json *j = &r->json;
	struct str token = {0};

	json_open_object(j);
	put_json_text(j, "id", f->damage->id);
	put_json_text(j, "class", finding_class_name(f->class));
	put_json_text(j, "fix", letter);
	if (f->id != 0) {
		report_put_token(&token, f->id, f->birth);
		json_key(j, "message");
		json_string(j, str_span(&token));
		str_free(&token);
	}
	json_key(j, "path");
	json_string(j, f->path);
	if (f->args > 0)
		put_json_args(j, f);
	put_json_text(j, "action", finding_action(f));
	put_json_text(j, "title", f->damage->title);
	if (f->uncertain) {
		json_key(j, "uncertain");
		json_bool(j, true);
	}
	put_json_text(j, "status", finding_status_name(f->status));
	json_close(j);
	if (r->job->format == JOB_JSONL)
		str_putc(&r->text, '\n');
}

static void
put_tsv(struct report *r, const struct finding *f)
{
	struct str *t = &r->text;

	str_put_cstr(t, f->damage->id);
	str_putc(t, '\t');
	str_put_cstr(t, finding_class_name(f->class));
	str_putc(t, '\t');
	str_putc(t, finding_fix_letter(f->fix));
	str_putc(t, '\t');
	report_put_token(t, f->id, f->birth);
	str_putc(t, '\t');
	printable_put(t, f->path);
	str_putc(t, '\t');
	finding_put_line(f, t);
	str_putc(t, '\t');
	str_put_cstr(t, finding_action(f));
	str_putc(t, '\n');
}

static void
put_gcc(struct report *r, const struct finding *f)
{
	struct str *t = &r->text;

	printable_put(t, span_cstr(str_cstr(&r->job->queue)));
	str_putc(t, '/');
	printable_put(t, f->path);
	str_put_cstr(t, finding_exit_bit(f->class) == 0 ? ": note: "
	                : finding_exit_bit(f->class) == FINDING_EXIT_DANGER
	                    ? ": error: "
	                    : ": warning: ");
	finding_put_line(f, t);
	str_put_cstr(t, " [");
	str_put_cstr(t, f->damage->id);
	str_put_cstr(t, "]\n");
}

/* ---- for people ---------------------------------------------------------- */

static struct report_kind *
find_kind(struct report *r, const struct finding *f)
{
	for (size_t i = 0; i < r->kinds; i++) {
		if (r->kind[i].damage == f->damage)
			return &r->kind[i];
	}
	if (!array_grow(&r->kind, &r->cap, r->kinds + 1, sizeof(r->kind[0]))) {
		r->failed = true;
		return NULL;
	}
	r->kind[r->kinds] = (struct report_kind){
	    .damage = f->damage,
	    .class = f->class,
	    .fix = f->fix,
	    .action = finding_action(f),
	};
	return &r->kind[r->kinds++];
}

/* The class stands in front, so that colour can be added when it is shown. */
static void
keep_line(struct report *r, struct report_kind *k, const struct finding *f)
{
	struct str cell = {0};

	if (k->n > r->max)
		return;
	str_putc(&k->lines, (char)('A' + f->class));
	report_put_token(&cell, f->id, f->birth);
	if (f->id == 0)
		printable_put(&cell, f->path);
	put_padded(&k->lines, str_cstr(&cell), 22);
	str_putc(&k->lines, ' ');
	if (f->id != 0) {
		printable_put(&k->lines, f->path);
		str_put_cstr(&k->lines, ": ");
	}
	finding_put_line(f, &k->lines);
	if (f->uncertain)
		str_put_cstr(&k->lines, " (seen while qmail-send runs)");
	str_putc(&k->lines, '\n');
	if (!str_ok(&k->lines))
		r->failed = true;
	str_free(&cell);
}

static void
count_kind(struct report *r, const struct finding *f)
{
	struct report_kind *k = find_kind(r, f);

	if (k == NULL)
		return;
	k->n++;
	if (f->class < k->class)
		k->class = f->class;
	if (f->fix > k->fix)
		k->fix = f->fix;
	keep_line(r, k, f);
}

static void
take(void *context, const struct finding *f)
{
	struct report *r = context;

	if (options_has(r->job->o, JOB_QUIET))
		return;
	switch (r->job->format) {
	case JOB_HUMAN:
		count_kind(r, f);
		return;
	case JOB_JSON:
	case JOB_JSONL:
		put_json(r, f);
		break;
	case JOB_TSV:
		put_tsv(r, f);
		break;
	case JOB_GCC:
		put_gcc(r, f);
		break;
	}
	flush_text(r);
}

static int
compare_kinds(const void *a, const void *b)
{
	const struct report_kind *x = a, *y = b;

	if (x->class != y->class)
		return (int)x->class - (int)y->class;
	return strcmp(x->damage->id, y->damage->id);
}

static void
show_fix(struct report *r, const struct report_kind *k)
{
	struct str *t = &r->text;

	if (k->fix == FINDING_FIX_NONE)
		return;
	str_put_cstr(t, "            fix -");
	str_putc(t, finding_fix_letter(k->fix));
	str_put_cstr(t, ": ");
	str_put_cstr(t, k->action);
	if (k->fix == FINDING_FIX_MANUAL)
		str_put_cstr(t, " by hand: see qfixq explain");
	str_putc(t, '\n');
	flush_text(r);
}

static void
show_many(struct report *r, const struct report_kind *k)
{
	out_put_cstr(&r->job->out, k->damage->id);
	out_putc(&r->job->out, ' ');
	put_class(r, k->class);
	report_put_count(&r->text, k->n);
	str_put_cstr(&r->text, " findings: ");
	str_put_cstr(&r->text, k->damage->title);
	str_putc(&r->text, '\n');
	flush_text(r);
}

static void
show_kind(struct report *r, struct report_kind *k)
{
	struct span rest = str_span(&k->lines);

	if (k->n > r->max) {
		show_many(r, k);
		show_fix(r, k);
		return;
	}
	while (rest.n > 0) {
		const char *end = memchr(rest.p, '\n', rest.n);
		size_t n = end == NULL ? rest.n : (size_t)(end - rest.p) + 1;

		out_put_cstr(&r->job->out, k->damage->id);
		out_putc(&r->job->out, ' ');
		put_class(r, (enum finding_class)(rest.p[0] - 'A'));
		out_put(&r->job->out, (struct span){rest.p + 1, n - 1});
		rest.p += n;
		rest.n -= n;
	}
	show_fix(r, k);
}

static void
put_queue_line(struct report *r, const struct check_summary *s)
{
	const struct inventory *inv = &r->job->inv;
	struct str *t = &r->text;

	str_put_cstr(t, "queue ");
	printable_put(t, str_span(&r->job->queue));
	str_put_cstr(t, "  split ");
	str_put_u64(t, inv->layout.split);
	str_put_cstr(t,
	    inv->layout.split_todo ? "  split todo" : "  flat todo");
	str_put_cstr(t, r->job->inuse.live ? "  qmail-send: running  "
	                                   : "  qmail-send: stopped  ");
	report_put_count(t, s->counts.messages);
	str_put_cstr(t, " messages (S4 ");
	report_put_count(t, s->s4);
	str_put_cstr(t, ", S5 ");
	report_put_count(t, s->s5);
	str_put_cstr(t, ")\n");
	flush_text(r);
}

static void
put_totals(struct report *r, const struct check_summary *s)
{
	struct str *t = &r->text;
	uint64_t n = 0;
	bool first = true;

	for (int i = 0; i < FINDING_CLASSES; i++)
		n += s->found[i];
	if (n == 0) {
		str_put_cstr(t, "clean\n");
		flush_text(r);
		return;
	}
	report_put_count(t, r->kinds);
	str_put_cstr(t, r->kinds == 1 ? " kind, " : " kinds, ");
	report_put_count(t, n);
	str_put_cstr(t, n == 1 ? " finding: " : " findings: ");
	for (int i = 0; i < FINDING_CLASSES; i++) {
		if (s->found[i] == 0)
			continue;
		if (!first)
			str_put_cstr(t, ", ");
		first = false;
		str_put_cstr(t, finding_class_name((enum finding_class)i));
		str_putc(t, ' ');
		report_put_count(t, s->found[i]);
	}
	str_put_cstr(t, ".\n");
	flush_text(r);
}

static void
show_human(struct report *r, const struct check_summary *s,
    const struct plan *plan, int status)
{
	if (r->job->inv.is_queue)
		put_queue_line(r, s);
	if (r->kinds > 1)
		qsort(r->kind, r->kinds, sizeof(r->kind[0]), compare_kinds);
	for (size_t i = 0; i < r->kinds; i++)
		show_kind(r, &r->kind[i]);
	if (plan != NULL)
		report_plan_human(plan, &r->job->out);
	put_totals(r, s);
	if (s->unreadable > 0)
		str_put_cstr(&r->text, "Not everything could be read: no "
		                       "permission; run as root.\n");
	if ((status & FINDING_EXIT_DANGER) != 0)
		str_put_cstr(&r->text,
		    r->job->inuse.live
		        ? "Stop qmail-send before repairing.\n"
		        : "Do not start qmail-send before repairing.\n");
	flush_text(r);
}

/* ---- frames -------------------------------------------------------------- */

static void
put_json_number(struct json *j, const char *key, uint64_t n)
{
	json_key(j, key);
	json_u64(j, n);
}

static void
begin_json(struct report *r)
{
	struct json *j = &r->json;

	json_open_object(j);
	put_json_number(j, "qfixq", 1);
	json_key(j, "queue");
	json_string(j, str_span(&r->job->queue));
	put_json_number(j, "split", r->job->inv.layout.split);
	put_json_text(j, "profile",
	    r->job->inv.layout.split_todo ? "bigtodo" : "stock");
	json_key(j, "live");
	json_bool(j, r->job->inuse.live);
	json_key(j, "time");
	json_i64(j, r->job->now);
	json_key(j, "findings");
	json_open_array(j);
	flush_text(r);
}

static void
end_json(struct report *r, const struct check_summary *s,
    const struct plan *plan, int status)
{
	struct json *j = &r->json;

	json_close(j);
	if (plan != NULL) {
		json_key(j, "plan");
		report_plan_json(plan, j, &r->job->out);
	}
	json_key(j, "counts");
	json_open_object(j);
	put_json_number(j, "messages", s->counts.messages);
	put_json_number(j, "S2", s->s2);
	put_json_number(j, "S3", s->s3);
	put_json_number(j, "S4", s->s4);
	put_json_number(j, "S5", s->s5);
	put_json_number(j, "unreadable", s->unreadable);
	json_close(j);
	json_key(j, "summary");
	json_open_object(j);
	for (int i = 0; i < FINDING_CLASSES; i++) {
		if (s->found[i] > 0)
			put_json_number(j,
			    finding_class_name((enum finding_class)i),
			    s->found[i]);
	}
	json_close(j);
	put_json_number(j, "exit", (uint64_t)status);
	json_close(j);
	str_putc(&r->text, '\n');
	flush_text(r);
}

void
report_begin(struct report *r, struct job *job)
{
	*r = (struct report){
	    .job = job,
	    .max = options_number(job->o, JOB_MAX_FINDINGS, MAX_FINDINGS),
	    .color = term_wants_color(options_text(job->o, OPTION_COLOR),
	        STDOUT_FILENO),
	};
	r->json.out = &r->text;
	if (job->format == JOB_JSON && !options_has(job->o, JOB_QUIET))
		begin_json(r);
}

struct finding_sink
report_sink(struct report *r)
{
	return (struct finding_sink){.take = take, .context = r};
}

int
report_end(struct report *r, const struct check_summary *summary,
    const struct plan *plan, int status)
{
	if (options_has(r->job->o, JOB_QUIET))
		;
	else if (r->job->format == JOB_JSON)
		end_json(r, summary, plan, status);
	else if (r->job->format == JOB_HUMAN)
		show_human(r, summary, plan, status);
	for (size_t i = 0; i < r->kinds; i++)
		str_free(&r->kind[i].lines);
	free(r->kind);
	str_free(&r->text);
	return r->failed ? -1 : 0;
}
