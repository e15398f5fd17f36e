/* SPDX-License-Identifier: ISC */
#include "mta/admin/qstat.h"

#include <dirent.h>

#include "base/dir.h"
#include "fmt/json.h"
#include "qmail/queue_state.h"
#include "qmail/queue_survey.h"
#include "qmail/queue_walk.h"

/* Trees in the order of the output, after mess and todo. */
static const enum queue_kind others[] = {QUEUE_INTD, QUEUE_INFO, QUEUE_LOCAL,
    QUEUE_REMOTE, QUEUE_BOUNCE};
enum { OTHERS = sizeof(others) / sizeof(others[0]) };

struct counter {
	int queue_dir;
	struct queue_survey survey;
	struct queue_walk walk;
	struct qstat_counts *counts;
	bool failed;
	struct err *e; /* of the first failure */
};

static void
note_failure(struct counter *c, const struct err *why)
{
	if (!c->failed && c->e != NULL)
		*c->e = *why;
	c->failed = true;
}

static void
count_tree(struct counter *c, enum queue_kind kind)
{
	struct queue_entry entry;
	struct err why;

	if (queue_walk_open(&c->walk, c->queue_dir, &c->survey.layout, kind,
	        &why) == -1) {
		c->counts->unseen |= QUEUE_BIT(kind);
		note_failure(c, &why);
		return;
	}
	for (;;) {
		int rc = queue_walk_next(&c->walk, &entry, &why);

		if (rc == 0)
			return;
		if (rc == -1) {
			c->counts->unseen |= QUEUE_BIT(kind);
			note_failure(c, &why);
		} else if (entry.type == DT_REG) {
			c->counts->files[kind]++;
		}
	}
}

static void
count_pid(struct counter *c)
{
	struct dir d = {.fd = -1};
	struct dir_entry entry;
	struct err why;

	if (dir_open(&d, c->queue_dir, "pid", &why) == -1) {
		c->counts->pid_unseen = true;
		note_failure(c, &why);
	} else {
		while (dir_next(&d, &entry) == 1)
			c->counts->pid++;
	}
	dir_free(&d);
}

int
qstat_count(int queue_dir, bool all, struct qstat_counts *counts, struct err *e)
{
	struct counter c = {
	    .queue_dir = queue_dir,
	    .walk = QUEUE_WALK_INIT,
	    .counts = counts,
	    .e = e,
	};

	*counts =
	    (struct qstat_counts){.unseen = QUEUE_SETS - 1, .pid_unseen = true};
	if (queue_survey_load(&c.survey, queue_dir, e) == -1)
		return -1;
	counts->unseen = 0;
	counts->pid_unseen = false;
	count_tree(&c, QUEUE_MESS);
	count_tree(&c, QUEUE_TODO);
	for (size_t i = 0; all && i < OTHERS; i++)
		count_tree(&c, others[i]);
	if (all)
		count_pid(&c);
	queue_walk_free(&c.walk);
	return c.failed ? -1 : 0;
}

static bool
is_seen(const struct qstat_counts *counts, enum queue_kind kind)
{
	return (counts->unseen & QUEUE_BIT(kind)) == 0;
}

static void
put_line(struct out *out, const char *text, bool seen, uint64_t n)
{
	out_put_cstr(out, text);
	out_put_cstr(out, ": ");
	if (seen)
		out_put_u64(out, n);
	else
		out_putc(out, '?');
	out_putc(out, '\n');
}

void
qstat_put_text(struct out *out, const struct qstat_counts *counts, bool all)
{
	/* these two are numbers whatever happens, for the scripts */
	put_line(out, "messages in queue", true, counts->files[QUEUE_MESS]);
	put_line(out, "messages in queue but not yet preprocessed", true,
	    counts->files[QUEUE_TODO]);
	if (!all)
		return;
	for (size_t i = 0; i < OTHERS; i++)
		put_line(out, queue_kind_name(others[i]),
		    is_seen(counts, others[i]), counts->files[others[i]]);
	put_line(out, "pid", !counts->pid_unseen, counts->pid);
}

static void
put_member(struct json *j, const char *name, bool seen, uint64_t n)
{
	json_key(j, name);
	if (seen)
		json_u64(j, n);
	else
		json_null(j);
}

static void
put_tree(struct json *j, const struct qstat_counts *counts,
    enum queue_kind kind)
{
	put_member(j, queue_kind_name(kind), is_seen(counts, kind),
	    counts->files[kind]);
}

void
qstat_put_json(struct out *out, const struct qstat_counts *counts, bool all)
{
	struct str line = {0};
	struct json j = {.out = &line};

	json_open_object(&j);
	put_tree(&j, counts, QUEUE_MESS);
	put_tree(&j, counts, QUEUE_TODO);
	for (size_t i = 0; all && i < OTHERS; i++)
		put_tree(&j, counts, others[i]);
	if (all)
		put_member(&j, "pid", !counts->pid_unseen, counts->pid);
	json_close(&j);
	str_putc(&line, '\n');
	out_put(out, str_span(&line));
	str_free(&line);
}
