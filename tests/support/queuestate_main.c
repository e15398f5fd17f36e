/* SPDX-License-Identifier: ISC */
/* Judges a queue by the library's own state table, for tests:
 *
 *	queuestate [-e] [-q] QUEUE
 *
 * Prints one line "ID ROW STATE FILES" for each message: ROW of queue_rows,
 * STATE S2..S5 or the code of the damage. Also reads the records of todo, info,
 * local and remote. Exit 0 when everything is legal, 1 when it is not, 2 when
 * the queue cannot be read. -e: an empty queue is the only legal one, but for
 * what qmail-queue left behind when it was killed (S2, S3); -q: no lines for
 * what is legal. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/file.h"
#include "qmail/queue_record.h"
#include "qmail/queue_scan.h"
#include "qmail/queue_survey.h"

enum { RECORD_MAX = 65536, EMPTY = 1, QUIET = 2 };

struct check {
	int queue, flags;
	struct queue_layout layout;
	bool bad;
};

static const struct {
	enum queue_kind kind;
	const char *letters, *first; /* allowed; must be there */
} records[] = {
    {QUEUE_TODO, "upFT", "F"},
    {QUEUE_INFO, "F", "F"},
    {QUEUE_LOCAL, "TD", "TD"},
    {QUEUE_REMOTE, "TD", "TD"},
};

/* NULL, or what is wrong with the records. *done: there is a D record. */
static const char *
read_records(struct queue_reader *in, const char *letters, const char *need,
    bool *done)
{
	struct queue_record r;
	bool found = false;

	for (;;) {
		switch (queue_reader_next(in, &r)) {
		case QUEUE_RECORD_OK:
			if (r.letter == '\0' || !strchr(letters, r.letter))
				return "unknown letter";
			found = found || strchr(need, r.letter) != NULL;
			*done = *done || r.letter == 'D';
			continue;
		case QUEUE_RECORD_END:
			return found ? NULL : "records missing";
		case QUEUE_RECORD_CUT:
			return "cut record";
		case QUEUE_RECORD_LONG:
			return "long record";
		case QUEUE_RECORD_ERROR:
			return "cannot be read";
		}
	}
}

static const char *
check_file(const struct check *c, const char *path, size_t which, bool *done)
{
	int fd = openat(c->queue, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct queue_reader in;
	const char *wrong;

	if (fd == -1)
		return "cannot be opened";
	if (queue_reader_open(&in, fd, RECORD_MAX) == -1)
		return "no memory";
	wrong = read_records(&in, records[which].letters, records[which].first,
	    done);
	queue_reader_close(&in);
	fd_close(&fd);
	return wrong;
}

/* In S4 info, local and remote may be in the middle of being written. */
static bool
counts(unsigned bits, enum queue_kind kind)
{
	if ((bits & QUEUE_BIT(kind)) == 0)
		return false;
	return kind == QUEUE_TODO || (bits & QUEUE_BIT(QUEUE_TODO)) == 0;
}

static void
check_records(struct check *c, const struct queue_item *item, bool *done)
{
	for (size_t i = 0; i < sizeof(records) / sizeof(records[0]); i++) {
		struct queue_path path =
		    queue_path(&c->layout, records[i].kind, item->id);
		const char *wrong;

		if (!counts(item->bits, records[i].kind))
			continue;
		wrong = check_file(c, path.text, i, done);
		if (wrong == NULL)
			continue;
		printf("%s: %s\n", path.text, wrong);
		c->bad = true;
	}
}

static void
put_line(const struct queue_item *item, const struct queue_verdict *v)
{
	static const char *const names[] = {"S0", "S1", "S2", "S3", "S4", "S5",
	    "broken"};

	printf("%llu %s %s", (unsigned long long)item->id, v->row->name,
	    v->finding != NULL && !v->note_only ? v->finding : names[v->state]);
	for (int kind = 0; kind < QUEUE_KINDS; kind++) {
		if ((item->bits & QUEUE_BIT(kind)) != 0)
			printf(" %s", queue_kind_name((enum queue_kind)kind));
	}
	printf("%s%s\n", item->misplaced != 0 ? " MISPLACED" : "",
	    item->odd != 0 ? " ODD" : "");
}

static void
check_item(struct check *c, const struct queue_item *item)
{
	struct queue_facts facts = {.bits = item->bits, .age = QUEUE_YOUNG};
	struct queue_verdict v;
	bool bad;

	check_records(c, item, &facts.done_mark);
	v = queue_judge(&facts);
	bad = v.state == QUEUE_BROKEN || item->odd != 0 ||
	      item->misplaced != 0 || (v.finding != NULL && !v.note_only) ||
	      (item->ino != 0 && item->ino != item->id);
	if ((c->flags & EMPTY) != 0 && v.state != QUEUE_S2 &&
	    v.state != QUEUE_S3)
		bad = true;
	if (bad || (c->flags & QUIET) == 0)
		put_line(item, &v);
	c->bad = c->bad || bad;
}

static int
check_queue(struct check *c)
{
	struct queue_survey survey;
	struct queue_scan scan = {0};
	struct err e;

	if (queue_survey_load(&survey, c->queue, &e) == -1 || !survey.sound) {
		printf("not the structure of a queue\n");
		return 2;
	}
	c->layout = survey.layout;
	if (queue_scan_load(&scan, c->queue, &c->layout, QUEUE_SETS - 1, &e) ==
	        -1 ||
	    scan.unreadable != 0) {
		printf("queue cannot be read\n");
		return 2;
	}
	for (size_t i = 0; i < scan.n; i++)
		check_item(c, &scan.item[i]);
	queue_scan_free(&scan);
	return c->bad ? 1 : 0;
}

int
main(int argc, char **argv)
{
	struct check c = {0};
	struct err e;
	int letter;

	while ((letter = getopt(argc, argv, "eq")) != -1) {
		if (letter == '?')
			return 2;
		c.flags |= letter == 'e' ? EMPTY : QUIET;
	}
	if (optind + 1 != argc) {
		fprintf(stderr, "usage: queuestate [-e] [-q] QUEUE\n");
		return 2;
	}
	c.queue = file_open_dir(AT_FDCWD, argv[optind], &e);
	if (c.queue == -1) {
		fprintf(stderr, "queuestate: %s\n", e.text);
		return 2;
	}
	return check_queue(&c);
}
