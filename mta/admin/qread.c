/* SPDX-License-Identifier: ISC */
#include "mta/admin/qread.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "mta/admin/qread_put.h"
#include "qmail/queue_open.h"
#include "qmail/queue_scan.h"
#include "qmail/queue_survey.h"

enum {
	INFO = QUEUE_BIT(QUEUE_INFO),
	TODO = QUEUE_BIT(QUEUE_TODO),
	BOUNCE = QUEUE_BIT(QUEUE_BOUNCE),
	LISTS = QUEUE_BIT(QUEUE_LOCAL) | QUEUE_BIT(QUEUE_REMOTE),
};

struct lister {
	const struct qread_wish *wish;
	int queue_dir;
	struct queue_survey survey;
	struct queue_scan scan;
	struct queue_dirs dirs;
	struct queue_message message;
	struct qread_put put;
};

/* In the words of the classic program, which scripts look for. */
static int
cannot_list(struct err *e, const char *dir, int sys)
{
	if (sys == ENOMEM)
		return err_set(e, ERR_SYS, "out of memory");
	return err_set(e, ERR_SYS, "unable to opendir %s: %s", dir,
	    strerror(sys));
}

/* A live queue moves on: a message that has ended since it was listed is not
 * worth a word. */
static bool
has_ended(const struct lister *l, const struct queue_item *item)
{
	struct queue_item now = *item;

	if (item->misplaced != 0)
		return false;
	queue_scan_look_again(&now, l->queue_dir, &l->survey.layout);
	return (now.bits & (INFO | TODO)) == 0;
}

static void
show(struct lister *l, const struct queue_item *item)
{
	unsigned bits = item->bits | QUEUE_BIT(QUEUE_MESS);
	bool bouncing = (bits & BOUNCE) != 0;
	struct err e;

	if (!l->wish->with_todo)
		bits &= ~(unsigned)TODO;
	if (queue_message_open(&l->message, item->id, bits,
	        bits & ~(unsigned)item->odd, &e) == -1) {
		if (e.kind == ERR_SYS && e.sys == ENOENT && has_ended(l, item))
			return;
		if (l->wish->json)
			qread_put_json_trouble(&l->put, item->id, &e);
		else
			qread_put_text_trouble(&l->put, item->id, &e);
		return;
	}
	if (l->wish->json)
		qread_put_json(&l->put, &l->message, bouncing);
	else
		qread_put_text(&l->put, &l->message, bouncing);
}

/* ---- order --------------------------------------------------------------- */

static bool
is_todo(const struct lister *l, const struct queue_item *item)
{
	return l->wish->with_todo && (item->bits & TODO) != 0;
}

static bool
is_listed(const struct lister *l, const struct queue_item *item)
{
	return is_todo(l, item) || ((item->bits | item->misplaced) & INFO) != 0;
}

static void
show_as_found(struct lister *l)
{
	for (int todo = 0; todo <= 1; todo++) {
		for (size_t i = 0; i < l->scan.n; i++) {
			const struct queue_item *item = &l->scan.item[i];

			if (is_listed(l, item) && is_todo(l, item) == todo)
				show(l, item);
		}
	}
}

struct place {
	int64_t birth;
	size_t index;
};

static int
compare_places(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	if (x->birth != y->birth)
		return x->birth < y->birth ? -1 : 1;
	return (x->index > y->index) - (x->index < y->index);
}

static int64_t
find_birth(const struct lister *l, const struct queue_item *item)
{
	struct queue_path path = queue_path(&l->survey.layout,
	    is_todo(l, item) ? QUEUE_MESS : QUEUE_INFO, item->id);
	struct stat st;

	if (fstatat(l->queue_dir, path.text, &st, 0) == -1)
		return INT64_MIN;
	return st.st_mtim.tv_sec;
}

static int
show_by_birth(struct lister *l, struct err *e)
{
	struct place *place = calloc(l->scan.n + 1, sizeof(place[0]));
	size_t n = 0;

	if (place == NULL)
		return cannot_list(e, "", ENOMEM);
	for (size_t i = 0; i < l->scan.n; i++) {
		const struct queue_item *item = &l->scan.item[i];

		if (is_listed(l, item))
			place[n++] = (struct place){find_birth(l, item), i};
	}
	qsort(place, n, sizeof(place[0]), compare_places);
	for (size_t i = 0; i < n; i++)
		show(l, &l->scan.item[place[i].index]);
	free(place);
	return 0;
}

/* ---- the whole ----------------------------------------------------------- */

/* Fails when a list may lack messages or recipients; bounce marks, which only
 * root and qmails can see, are worth less. */
static int
report_unseen(const struct lister *l, struct err *e)
{
	if ((l->scan.unreadable & ~(unsigned)BOUNCE) == 0)
		return 0;
	return cannot_list(e, l->scan.trouble_dir.text, l->scan.trouble.sys);
}

static int
list(struct lister *l, struct err *e)
{
	unsigned kinds = INFO | LISTS | BOUNCE;
	int rc = 0;

	if (l->wish->with_todo)
		kinds |= TODO;
	if (queue_scan_load(&l->scan, l->queue_dir, &l->survey.layout, kinds,
	        NULL) == -1)
		return cannot_list(e, "", ENOMEM);
	queue_dirs_init(&l->dirs, l->queue_dir, &l->survey.layout);
	if (queue_message_init(&l->message, &l->dirs, NULL) == -1) {
		queue_scan_free(&l->scan);
		return cannot_list(e, "", ENOMEM);
	}
	l->message.want_times = l->wish->with_next;
	if (l->wish->sort)
		rc = show_by_birth(l, e);
	else
		show_as_found(l);
	if (rc == 0)
		rc = report_unseen(l, e);
	queue_message_free(&l->message);
	queue_dirs_close(&l->dirs);
	queue_scan_free(&l->scan);
	str_free(&l->put.line);
	return rc;
}

int
qread_open(const char *home, const char *queue, struct err *e)
{
	struct err why;
	int dir = queue_open_to_read(home, queue, &why);

	if (dir == -1)
		err_set(e, ERR_SYS, "unable to chdir: %s",
		    why.kind == ERR_SYS ? strerror(why.sys) : why.text);
	return dir;
}

int
qread_list(int queue_dir, const struct qread_wish *wish, struct out *out,
    struct err *e)
{
	struct lister l = {
	    .wish = wish,
	    .queue_dir = queue_dir,
	    .put = {.out = out, .with_next = wish->with_next, .now = wish->now},
	};
	struct err why;

	if (queue_survey_load(&l.survey, queue_dir, &why) == -1)
		return cannot_list(e, "mess", why.sys);
	return list(&l, e);
}

void
qread_put_fatal(struct out *out, const struct err *e)
{
	out_put_cstr(out, "fatal: ");
	out_put_cstr(out, e->text);
	out_putc(out, '\n');
}
