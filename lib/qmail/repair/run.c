/* SPDX-License-Identifier: ISC */
#include "qmail/repair/run.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/array.h"
#include "base/dir.h"
#include "base/fd.h"
#include "qmail/queue_lock.h"
#include "qmail/repair/step.h"

enum {
	BATCH_STEPS = 4096,
	BATCH_GROUPS = 512,
	LOOK_AHEAD = 2048, /* steps of a group that are compared pairwise */
	NAME_TRIES = 60,
};

/* ---- locks --------------------------------------------------------------- */

int
run_lock_send(struct run_lock *l, int queue_dir, struct err *e)
{
	struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

	l->send = queue_lock_take(queue_dir, e);
	if (l->send == -1)
		return -1;
	/* a qmail-send built for lockf() holds this one */
	if (fcntl(l->send, F_SETLK, &whole) == -1) {
		if (errno == EACCES || errno == EAGAIN)
			errno = EWOULDBLOCK;
		err_sys(e, "lock", "queue/lock/sendmutex");
		fd_close(&l->send);
		return -1;
	}
	return 0;
}

static int
open_area(int queue_dir, struct err *e)
{
	struct stat st;
	int fd;

	if (mkdirat(queue_dir, RUN_AREA, 0700) == 0 &&
	    fstat(queue_dir, &st) == 0 &&
	    fchownat(queue_dir, RUN_AREA, (uid_t)-1, st.st_gid,
	        AT_SYMLINK_NOFOLLOW) == -1)
		errno = 0; /* the group is of no importance: mode 0700 */
	fd = openat(queue_dir, RUN_AREA,
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd == -1)
		return err_sys(e, "open", "queue/" RUN_AREA);
	return fd;
}

int
run_lock_own(struct run_lock *l, int queue_dir, struct err *e)
{
	int area;

	if (l->own != -1)
		return 0;
	area = open_area(queue_dir, e);
	if (area == -1)
		return -1;
	l->own = openat(area, "lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC,
	    0600);
	fd_close(&area);
	if (l->own == -1)
		return err_sys(e, "open", "queue/" RUN_AREA "/lock");
	if (flock(l->own, LOCK_EX | LOCK_NB) == -1) {
		err_sys(e, "lock", "queue/" RUN_AREA "/lock");
		fd_close(&l->own);
		return -1;
	}
	return 0;
}

void
run_unlock(struct run_lock *l)
{
	fd_close(&l->own);
	fd_close(&l->send);
}

/* ---- lists --------------------------------------------------------------- */

void
run_list_begin(struct run_list *l, const struct journal_record *head, void *tag)
{
	if (l->failed || !array_grow(&l->group, &l->group_cap, l->groups + 1,
	                     sizeof(l->group[0]))) {
		l->failed = true;
		return;
	}
	l->group[l->groups] = (struct run_group){
	    .head = *head,
	    .first = l->steps,
	    .tag = tag,
	};
	l->group[l->groups++].head.kind = JOURNAL_GROUP;
}

void
run_list_step(struct run_list *l, const struct journal_record *step)
{
	if (l->failed || !array_grow(&l->step, &l->step_cap, l->steps + 1,
	                     sizeof(l->step[0]))) {
		l->failed = true;
		return;
	}
	l->step[l->steps++] = *step;
	l->group[l->groups - 1].n++;
}

void
run_list_keep(struct run_list *l, char *memory)
{
	if (memory == NULL)
		return;
	if (!array_grow(&l->kept, &l->kept_cap, l->kepts + 1,
	        sizeof(l->kept[0]))) {
		free(memory);
		l->failed = true;
		return;
	}
	l->kept[l->kepts++] = memory;
}

struct span
run_list_copy(struct run_list *l, struct span bytes)
{
	char *copy = malloc(bytes.n + 1);

	if (copy == NULL) {
		l->failed = true;
		return (struct span){0};
	}
	if (bytes.n > 0)
		memcpy(copy, bytes.p, bytes.n);
	run_list_keep(l, copy);
	return l->failed ? (struct span){0} : (struct span){copy, bytes.n};
}

void
run_list_drop(struct run_list *l)
{
	if (l->failed)
		return;
	l->steps = l->group[--l->groups].first;
}

void
run_list_free(struct run_list *l)
{
	for (size_t i = 0; i < l->kepts; i++)
		free(l->kept[i]);
	free(l->kept);
	free(l->group);
	free(l->step);
	*l = (struct run_list){0};
}

/* ---- beginning and end --------------------------------------------------- */

static void
make_name(char name[RUN_NAME_MAX], int64_t when)
{
	time_t t = (time_t)when;
	struct tm tm;

	if (gmtime_r(&t, &tm) == NULL)
		tm = (struct tm){.tm_year = 70, .tm_mday = 1};
	(void)snprintf(name, RUN_NAME_MAX, "%04d%02d%02dT%02d%02d%02dZ-%04x",
	    tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min,
	    tm.tm_sec, (unsigned)getpid() & 0xffff);
}

/* The greatest name there is. */
static int
find_last(int journal_dir, char last[RUN_NAME_MAX], struct err *e)
{
	struct dir d = {.fd = -1};
	struct dir_entry entry;
	int rc;

	last[0] = '\0';
	if (dir_open(&d, journal_dir, ".", e) == -1) {
		dir_free(&d);
		return -1;
	}
	while ((rc = dir_next(&d, &entry)) == 1) {
		if (entry.name.n < RUN_NAME_MAX &&
		    strcmp(entry.name.p, last) > 0)
			(void)snprintf(last, RUN_NAME_MAX, "%s", entry.name.p);
	}
	if (rc == -1)
		err_sys(e, "read directory", RUN_AREA "/journal");
	dir_free(&d);
	return rc;
}

/* Names of later runs sort behind those of earlier ones, also when two start
 * in one second. */
static int
create_journal(struct run *r, int journal_dir, struct err *e)
{
	char last[RUN_NAME_MAX];

	if (find_last(journal_dir, last, e) == -1)
		return -1;
	for (int64_t i = 0; i < NAME_TRIES; i++) {
		make_name(r->name, r->now + i);
		if (strcmp(r->name, last) > 0)
			return journal_create(&r->journal, journal_dir, r->name,
			    e);
	}
	return err_set(e, ERR_LIMIT,
	    "the clock is behind that of the last run, %s", last);
}

int
run_begin(struct run *r, int queue_dir, const char *verb, int64_t now,
    struct err *e)
{
	struct journal_record head = {
	    .kind = JOURNAL_RUN,
	    .text = span_cstr(verb),
	    .birth = now,
	};
	const char *name;
	int dir;

	*r = (struct run){.now = now, .journal = {.fd = -1}};
	pinned_init(&r->pinned, queue_dir);
	dir = pinned_dir_of(&r->pinned, SPAN(RUN_AREA "/journal/x"), true,
	    &name, e);
	if (dir == -1 || create_journal(r, dir, e) == -1)
		goto fail;
	pinned_changed(&r->pinned, dir);
	journal_add(&r->journal, &head);
	if (journal_flush(&r->journal, true, e) == -1 ||
	    pinned_sync(&r->pinned, e) == -1)
		goto fail;
	return 0;
fail:
	run_close(r);
	return -1;
}

void
run_close(struct run *r)
{
	journal_close(&r->journal);
	pinned_free(&r->pinned);
}

/* Folders of staging that are empty now, from the inside out. */
static void
remove_staging(struct run *r)
{
	static const char top[] = RUN_AREA "/staging/";
	const struct pinned *p = &r->pinned;

	for (size_t i = 0; i < 2 * (size_t)PINNED_DIRS; i++) {
		const char *path = p->dir[i % PINNED_DIRS].path;
		char name[PINNED_PATH_MAX];

		if (path == NULL || strncmp(path, top, sizeof(top) - 1) != 0)
			continue;
		(void)snprintf(name, sizeof(name), "%s", path);
		while (strlen(name) >= sizeof(top) &&
		       unlinkat(p->queue_dir, name, AT_REMOVEDIR) == 0)
			*strrchr(name, '/') = '\0';
	}
}

int
run_end(struct run *r, struct err *e)
{
	const struct journal_record end = {.kind = JOURNAL_END};
	int rc;

	journal_add(&r->journal, &end);
	rc = journal_flush(&r->journal, true, e);
	if (rc == 0)
		remove_staging(r);
	run_close(r);
	return rc;
}

/* ---- what is possible ---------------------------------------------------- */

static bool
is_move(const struct journal_record *s)
{
	return s->kind == JOURNAL_MOVE || s->kind == JOURNAL_LINK;
}

/* Where an earlier step of the group will have put the object of step i. */
static bool
comes_from_earlier(const struct journal_record *step, size_t i)
{
	for (size_t j = 0; j < i; j++) {
		if (is_move(&step[j]) && step[j].ino == step[i].ino &&
		    span_eq(step[j].to, step[i].from))
			return true;
	}
	return false;
}

static bool
is_vacated_earlier(const struct journal_record *step, size_t i)
{
	for (size_t j = 0; j < i; j++) {
		if (step[j].kind == JOURNAL_MOVE &&
		    span_eq(step[j].from, step[i].to))
			return true;
	}
	return false;
}

static bool
is_possible(struct pinned *p, const struct journal_record *step, size_t i,
    const char **why)
{
	struct stat st;

	if (step_look(p, &step[i]) == STEP_BEFORE)
		return true;
	if (!is_move(&step[i]) && step_look(p, &step[i]) == STEP_AFTER)
		return true;
	*why = "it is not what it was any more";
	if ((!step_stat(p, step[i].from, &st) ||
	        (uint64_t)st.st_ino != step[i].ino) &&
	    !comes_from_earlier(step, i))
		return false;
	*why = "the place it should go to is taken";
	return !is_move(&step[i]) || is_vacated_earlier(step, i) ||
	       !step_stat(p, step[i].to, &st);
}

bool
run_is_possible(struct pinned *p, const struct journal_record *step, size_t n,
    const char **why)
{
	for (size_t i = 0; i < n && n <= LOOK_AHEAD; i++) {
		if (!is_possible(p, step, i, why))
			return false;
	}
	return true;
}

size_t
run_progress(struct pinned *p, const struct journal_record *step, size_t n,
    bool *begun)
{
	*begun = false;
	for (size_t i = n; i-- > 0;) {
		if (step_look(p, &step[i]) != STEP_AFTER)
			continue;
		*begun = true;
		if (is_move(&step[i]) || step[i].kind == JOURNAL_UNLINK)
			return i + 1;
	}
	return 0;
}

bool
run_back(struct pinned *p, const struct journal_record *step, size_t n)
{
	bool all = true;

	while (n-- > 0) {
		struct journal_record back = step_inverse(&step[n]);

		if (step_look(p, &back) == STEP_BEFORE &&
		    step_run(p, &back, NULL) == -1)
			all = false;
	}
	return all;
}

/* ---- executing ----------------------------------------------------------- */

struct journal_record
run_done_record(struct pinned *p, const struct journal_record *step, size_t n,
    uint64_t group, struct str *text)
{
	str_reset(text);
	for (size_t i = 0; i < n; i++) {
		struct stat st;

		if (!step_stat(p, is_move(&step[i]) ? step[i].to : step[i].from,
		        &st) ||
		    (uint64_t)st.st_ino != step[i].ino)
			continue;
		str_put_u64(text, step[i].ino);
		str_putc(text, ':');
		str_put_i64(text, step_ctime(&st));
		str_putc(text, ',');
	}
	return (struct journal_record){
	    .kind = JOURNAL_DONE,
	    .group = group,
	    .text = str_span(text),
	};
}

static int
announce(struct run *r, struct run_list *l, size_t first, size_t end,
    struct err *e)
{
	for (size_t g = first; g < end; g++) {
		struct run_group *group = &l->group[g];

		group->head.group = ++r->groups;
		group->head.n = group->n;
		journal_add(&r->journal, &group->head);
		for (size_t i = 0; i < group->n; i++)
			journal_add(&r->journal, &l->step[group->first + i]);
	}
	return journal_flush(&r->journal, true, e);
}

static bool
moves_directory(struct pinned *p, const struct journal_record *s)
{
	struct stat st;

	return s->kind == JOURNAL_MOVE && step_stat(p, s->to, &st) &&
	       S_ISDIR(st.st_mode);
}

/* Does the steps; the number done is *done. */
static int
do_steps(struct run *r, const struct journal_record *step, size_t n,
    size_t *done, struct err *e)
{
	for (*done = 0; *done < n; ++*done) {
		if (step_run(&r->pinned, &step[*done], e) == -1)
			return -1;
		if (moves_directory(&r->pinned, &step[*done]) &&
		    pinned_forget(&r->pinned, e) == -1)
			return -1;
	}
	return 0;
}

static bool
do_group(struct run *r, const struct run_group *g,
    const struct journal_record *step, struct run_told told, struct str *text)
{
	struct journal_record record = {.kind = JOURNAL_SKIP,
	    .group = g->head.group};
	enum finding_status status = FINDING_SKIPPED;
	struct err why = {0};
	const char *reason = NULL;
	size_t done;

	if (!run_is_possible(&r->pinned, step, g->n, &reason)) {
		record.text = span_cstr(reason);
	} else if (do_steps(r, step, g->n, &done, &why) == -1) {
		reason = why.text;
		status = FINDING_FAILED;
		record.kind = JOURNAL_BACK;
		record.text = span_cstr(reason);
		if (!run_back(&r->pinned, step, done))
			record.kind = JOURNAL_KINDS;
	} else {
		status = FINDING_FIXED;
		record = run_done_record(&r->pinned, step, g->n, g->head.group,
		    text);
	}
	/* what could be taken back only in part stays open for recover */
	if (record.kind != JOURNAL_KINDS)
		journal_add(&r->journal, &record);
	return told.take == NULL || told.take(told.context, g, status, reason);
}

static int
do_batch(struct run *r, struct run_list *l, size_t first, size_t *end,
    struct run_told told, struct err *e)
{
	struct str text = {0};
	bool go_on = true;
	size_t g = first;

	if (announce(r, l, first, *end, e) == -1)
		return -1;
	for (; g < *end && go_on; g++)
		go_on = do_group(r, &l->group[g], l->step + l->group[g].first,
		    told, &text);
	for (; g < *end; g++) {
		const struct journal_record skip = {
		    .kind = JOURNAL_SKIP,
		    .group = l->group[g].head.group,
		    .text = SPAN("stopped"),
		};

		journal_add(&r->journal, &skip);
	}
	str_free(&text);
	if (!go_on)
		*end = l->groups;
	if (pinned_sync(&r->pinned, e) == -1)
		return -1;
	return journal_flush(&r->journal, false, e);
}

static int
prepare(struct run *r, struct run_list *l, struct err *e)
{
	for (size_t i = 0; i < l->steps && !l->prepared; i++) {
		struct journal_record *s = &l->step[i];
		char *kept = NULL;

		/* what is not there now is found out when it is its turn */
		if (step_prepare(&r->pinned, s, &kept, NULL) == -1)
			s->ino = UINT64_MAX;
		run_list_keep(l, kept);
	}
	if (l->failed)
		return err_set(e, ERR_SYS, "out of memory");
	return 0;
}

int
run_execute(struct run *r, struct run_list *l, struct run_told told,
    struct err *e)
{
	int rc = prepare(r, l, e);

	for (size_t first = 0, end; rc == 0 && first < l->groups; first = end) {
		size_t steps = 0;

		for (end = first;
		     end < l->groups && end - first < BATCH_GROUPS &&
		     steps < BATCH_STEPS;
		     end++)
			steps += l->group[end].n;
		rc = do_batch(r, l, first, &end, told, e);
	}
	run_list_free(l);
	return rc;
}
