/* SPDX-License-Identifier: ISC */
#include "qmail/repair/execute.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "qmail/repair/damage.h"
#include "qmail/repair/step.h"

enum { NANO = 1000000000, COPY_TRIES = 1000 };

/* ---- places -------------------------------------------------------------- */

/* "info/3/7" or "qfixq/quarantine/RUN/info/3/7", from the queue directory. */
static void
put_place(struct str *out, const struct run *r, const struct plan *p,
    const struct plan_place *place, uint64_t id)
{
	if (place->area != PLAN_QUEUE) {
		str_put_cstr(out, RUN_AREA "/");
		str_put_cstr(out, plan_area_name(place->area));
		str_putc(out, '/');
		if (place->area == PLAN_HOLD)
			str_put_u64(out, id);
		else
			str_put_cstr(out, r->name);
		str_putc(out, '/');
	}
	str_put(out, plan_path(p, place));
}

static struct span
path_of(struct run_list *l, const struct run *r, const struct plan *p,
    const struct plan_place *place, uint64_t id)
{
	struct str path = {0};
	struct span copy;

	put_place(&path, r, p, place, id);
	if (!str_ok(&path))
		l->failed = true;
	copy = run_list_copy(l, str_span(&path));
	str_free(&path);
	return copy;
}

static bool
is_promised(const struct run_list *l, struct span path)
{
	for (size_t i = 0; i < l->steps; i++) {
		if (span_eq(l->step[i].to, path))
			return true;
	}
	return false;
}

/* The same thing may be put away twice in a run: "bounce/7~2". Only what was
 * found in the queue needs this, not what a group puts into staging. */
static struct span
free_path(struct run *r, struct run_list *l, struct span path)
{
	struct str other = {0};
	struct stat st;
	struct span copy = path;

	for (uint64_t i = 2;
	     i < COPY_TRIES && !l->failed &&
	     (step_stat(&r->pinned, copy, &st) || is_promised(l, copy));
	     i++) {
		str_reset(&other);
		str_put(&other, path);
		str_putc(&other, '~');
		str_put_u64(&other, i);
		copy = run_list_copy(l, str_span(&other));
	}
	str_free(&other);
	return copy;
}

/* ---- new things ---------------------------------------------------------- */

static struct timespec
time_of(const struct run *r, int64_t when)
{
	return (struct timespec){
	    .tv_sec = when == PLAN_NOW ? r->now : when,
	    .tv_nsec = when == PLAN_KEEP_TIME ? UTIME_NOW : 0,
	};
}

static int
fill_file(struct run *r, const struct plan *p, const struct plan_op *op, int fd)
{
	struct span bytes = plan_bytes(p, op);
	const struct timespec times[2] = {time_of(r, op->atime),
	    time_of(r, op->mtime)};

	if (fd_write_full(fd, bytes.p, bytes.n) == -1 ||
	    (op->size > bytes.n && ftruncate(fd, (off_t)op->size) == -1) ||
	    fchown(fd, (uid_t)op->uid, (gid_t)op->gid) == -1 ||
	    fchmod(fd, op->mode) == -1 || futimens(fd, times) == -1 ||
	    fsync(fd) == -1)
		return -1;
	return 0;
}

static int
make_file(struct run *r, const struct plan *p, const struct plan_op *op,
    int dir, const char *name)
{
	int fd = openat(dir, name,
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	int rc;

	if (fd == -1)
		return -1;
	rc = fill_file(r, p, op, fd);
	fd_close(&fd);
	return rc;
}

static int
make_other(const struct plan_op *op, int dir, const char *name)
{
	int rc = op->kind == PLAN_MKDIR ? mkdirat(dir, name, 0)
	                                : mkfifoat(dir, name, 0);

	if (rc == -1 || fchownat(dir, name, (uid_t)op->uid, (gid_t)op->gid,
	                    AT_SYMLINK_NOFOLLOW) == -1)
		return -1;
	/* the folder is private: the name is still what was made */
	return fchmodat(dir, name, op->mode, 0);
}

/* Makes what an operation wants in staging and fills in a move from there. */
static int
stage_new(struct run *r, struct run_list *l, const struct plan *p,
    const struct plan_op *op, struct journal_record *s, struct err *e)
{
	char path[PINNED_PATH_MAX];
	const char *name;
	struct stat st;
	int dir, rc;

	(void)snprintf(path, sizeof(path), RUN_AREA "/staging/%s/new.%llu",
	    r->name, (unsigned long long)++r->made);
	dir = pinned_dir_of(&r->pinned, span_cstr(path), true, &name, e);
	if (dir == -1)
		return -1;
	pinned_changed(&r->pinned, dir);
	rc = op->kind == PLAN_CREATE ? make_file(r, p, op, dir, name)
	                             : make_other(op, dir, name);
	if (rc == -1 || fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == -1)
		return err_sys(e, "create", name);
	s->kind = JOURNAL_MOVE;
	s->from = run_list_copy(l, span_cstr(path));
	s->ino = (uint64_t)st.st_ino;
	return 0;
}

/* ---- operations to steps ------------------------------------------------- */

static int64_t
step_time(const struct run *r, int64_t when)
{
	if (when == PLAN_KEEP_TIME)
		return STEP_KEEP;
	return (when == PLAN_NOW ? r->now : when) * NANO;
}

static int64_t
step_id(int64_t id)
{
	return id == PLAN_KEEP_ID ? STEP_KEEP : id;
}

static void
take_values(const struct run *r, const struct plan *p, const struct plan_op *op,
    struct journal_record *s)
{
	switch (op->kind) {
	case PLAN_MOVE:
		s->kind = JOURNAL_MOVE;
		break;
	case PLAN_LINK:
		s->kind = JOURNAL_LINK;
		break;
	case PLAN_OWNER:
		s->kind = JOURNAL_OWNER;
		s->a = step_id(op->uid);
		s->b = step_id(op->gid);
		break;
	case PLAN_MODE:
		s->kind = JOURNAL_MODE;
		s->a = (int64_t)op->mode;
		break;
	case PLAN_TIMES:
		s->kind = JOURNAL_TIMES;
		s->a = step_time(r, op->atime);
		s->b = step_time(r, op->mtime);
		break;
	case PLAN_RESIZE:
		s->kind = JOURNAL_RESIZE;
		s->a = (int64_t)op->size;
		break;
	case PLAN_PATCH:
		s->kind = JOURNAL_PATCH;
		s->a = (int64_t)op->offset;
		s->bytes = plan_bytes(p, op);
		break;
	case PLAN_MKDIR:
	case PLAN_MKFIFO:
	case PLAN_CREATE:
		break;
	}
}

static bool
makes_new(enum plan_kind kind)
{
	return kind == PLAN_MKDIR || kind == PLAN_MKFIFO || kind == PLAN_CREATE;
}

/* Where the inode is not given, it is what is there now. */
static uint64_t
inode_of(struct run *r, const struct plan_op *op, struct span from)
{
	struct stat st;

	if (op->ino != 0 || !step_stat(&r->pinned, from, &st))
		return op->ino;
	return (uint64_t)st.st_ino;
}

static int
add_step(struct run *r, struct run_list *l, const struct plan *p,
    const struct plan_group *g, const struct plan_op *op, struct err *e)
{
	struct journal_record s = {0};

	if (op->to.n > 0 || makes_new(op->kind))
		s.to = path_of(l, r, p, &op->to, g->id);
	if (op->to.area == PLAN_QUARANTINE || op->to.area == PLAN_TRASH)
		s.to = free_path(r, l, s.to);
	if (makes_new(op->kind)) {
		if (stage_new(r, l, p, op, &s, e) == -1)
			return -1;
	} else {
		take_values(r, p, op, &s);
		s.from = path_of(l, r, p, &op->from, g->id);
		s.ino = inode_of(r, op, s.from);
	}
	run_list_step(l, &s);
	return 0;
}

static int
add_group(struct run *r, struct run_list *l, const struct plan *p,
    struct plan_group *g, struct err *e)
{
	const struct journal_record head = {
	    .text = span_cstr(g->damage == NULL ? "verb" : g->damage->id),
	    .id = g->id,
	    .birth = g->birth,
	};

	run_list_begin(l, &head, g);
	for (size_t i = 0; i < g->ops; i++) {
		if (add_step(r, l, p, g, &p->op[g->first + i], e) == -1)
			return -1;
	}
	return l->failed ? err_set(e, ERR_SYS, "out of memory") : 0;
}

static enum finding_status
status_of(const struct plan_group *g)
{
	if (g->aim == PLAN_AIM_HOLD)
		return FINDING_HELD;
	return g->aim == PLAN_AIM_QUARANTINE ? FINDING_QUARANTINED
	                                     : FINDING_FIXED;
}

static bool
pass_on(void *context, const struct run_group *group,
    enum finding_status status, const char *why)
{
	const struct execute_taker *taker = context;
	const struct plan_group *g = group->tag;

	if (taker->told == NULL)
		return true;
	return taker->told(taker->context, g,
	    status == FINDING_FIXED ? status_of(g) : status, why);
}

/* Groups are prepared and executed some at a time, so that memory and the time
 * between looking and doing stay small. */
enum { PORTION_STEPS = 2048, PORTION_GROUPS = 512 };

int
execute_plan(struct run *r, const struct plan *p,
    const struct execute_taker *taker, struct err *e)
{
	struct execute_taker copy = *taker;
	const struct run_told told = {.take = pass_on, .context = &copy};
	struct run_list l = {0};

	for (size_t i = 0; i < p->groups; i++) {
		struct plan_group *g = &p->group[i];

		if (taker->wants != NULL && !taker->wants(taker->context, g))
			continue;
		if (add_group(r, &l, p, g, e) == -1)
			goto fail;
		if (l.steps < PORTION_STEPS && l.groups < PORTION_GROUPS)
			continue;
		if (run_execute(r, &l, told, e) == -1)
			goto fail;
	}
	if (l.groups > 0 && run_execute(r, &l, told, e) == -1)
		goto fail;
	return 0;
fail:
	run_list_free(&l);
	return -1;
}
