/* SPDX-License-Identifier: ISC */
#ifndef QMAIL_REPAIR_PLAN_H
#define QMAIL_REPAIR_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/attr.h"
#include "base/span.h"
#include "base/str.h"
#include "qmail/repair/finding.h"

/* A repair as data. Rules of the catalogue append to it; it is printed by a dry
 * run and executed, journaled and undone by others: the same object. It makes
 * no system call. Specification: qfixq.md sections 3 and 7.
 *
 * A plan is a list of groups. A group is what one finding asks for, all or
 * nothing, in the order in which a kill between any two of its operations
 * harms nobody even if a stock qmail-send is started then (section 7.2: hide
 * first, reveal last). Groups are independent of each other except that an
 * earlier one may rename what a later one names: an operation whose object is
 * not what was seen (ino) is not executed, its group is skipped, and the next
 * check finds what is left. */

/* Where a place lies; the executor gives the run's folders. */
enum plan_area {
	PLAN_QUEUE,      /* relative to the queue directory */
	PLAN_STAGING,    /* qfixq/staging/RUN/ */
	PLAN_QUARANTINE, /* qfixq/quarantine/RUN/; folders made as needed */
	PLAN_HOLD,       /* qfixq/hold/ID/, same paths as in the queue */
	PLAN_TRASH,      /* qfixq/trash/RUN/ */
};

/* A path in an area; read it with plan_path(). n 0: none. */
struct plan_place {
	enum plan_area area;
	size_t at, n; /* in the plan's texts */
};

enum plan_kind {
	PLAN_MOVE,   /* from -> to, never over anything */
	PLAN_LINK,   /* to becomes one more name of from */
	PLAN_MKDIR,  /* to, with owner, group and mode */
	PLAN_MKFIFO, /* the same */
	PLAN_CREATE, /* to, a file of bytes, then size; owner, group, mode,
	              * times: complete before its name appears */
	PLAN_OWNER,  /* from: owner, group */
	PLAN_MODE,   /* from: mode */
	PLAN_TIMES,  /* from: atime, mtime */
	PLAN_RESIZE, /* from: to size; growing adds zero bytes. Bytes cut off go
	              * to the journal */
	PLAN_PATCH,  /* from: bytes over those at offset, inside the file; mtime
	              * stays. The old ones go to the journal */
};

enum { PLAN_KEEP_ID = -1 };
/* a time that stays */
#define PLAN_KEEP_TIME INT64_MIN
/* the present, when the operation runs */
#define PLAN_NOW INT64_MAX

struct plan_op {
	enum plan_kind kind;
	struct plan_place from, to;
	uint64_t ino;     /* of from, as seen; 0: not known */
	int64_t uid, gid; /* PLAN_KEEP_ID: stays */
	mode_t mode;
	int64_t atime, mtime; /* seconds, or PLAN_KEEP_TIME, PLAN_NOW */
	uint64_t size, offset;
	size_t bytes_at, bytes_n; /* see plan_bytes() */
};

/* What a group wants to do to its message as a whole; decides the status of the
 * finding afterwards and what later groups of the message may still do. */
enum plan_aim {
	PLAN_FIX,        /* repairs in place */
	PLAN_AIM_RENAME, /* gives the set another number */
	PLAN_AIM_QUARANTINE,
	PLAN_AIM_HOLD,
};

/* Groups of an earlier turn are executed before those of later ones. */
enum plan_turn {
	PLAN_TURN_LEAK,      /* what could reach a wrong person */
	PLAN_TURN_STRUCTURE, /* directories, special files */
	PLAN_TURN_RIGHTS,    /* owners, modes, times */
	PLAN_TURN_REMOVE,    /* into quarantine or hold */
	PLAN_TURN_CONTENT,   /* records, rebuilt files */
	PLAN_TURN_PLACE,     /* to the right subdirectory */
	PLAN_TURN_REVEAL,    /* the same for info and todo, which show a set */
	PLAN_TURN_RENAME,    /* to another number */
	PLAN_TURNS           /* count */
};

struct plan_group {
	const struct damage *damage;
	enum finding_class class;
	enum finding_fix fix;
	enum plan_aim aim;
	enum plan_turn turn;
	uint64_t id; /* message; 0: none */
	int64_t birth;
	size_t first, ops; /* operations [first, first + ops) */
};

struct plan {
	struct plan_group *group;
	size_t groups, group_cap;
	struct plan_op *op;
	size_t ops, op_cap;
	struct str text; /* all paths and bytes */
	bool failed;     /* out of memory: nothing may be executed */
};

void plan_free(struct plan *p); /* back to all zero, the empty plan */

/* ---- building: for rules ------------------------------------------------ */

/* What follows belongs to a group for this finding. */
void plan_begin(struct plan *p, const struct finding *f, enum plan_turn turn,
    enum plan_aim aim);
/* Ends the group; one without operations disappears. */
void plan_end(struct plan *p);

void plan_move(struct plan *p, const char *from, uint64_t ino,
    enum plan_area area, const char *to);
/* from -> the same path in an area. */
void plan_put_away(struct plan *p, const char *from, uint64_t ino,
    enum plan_area area);
/* Back from an area, or within one. */
void plan_move_from(struct plan *p, enum plan_area from_area, const char *from,
    uint64_t ino, enum plan_area area, const char *to);
void plan_link(struct plan *p, const char *from, uint64_t ino,
    enum plan_area area, const char *to);
void plan_owner(struct plan *p, const char *path, uint64_t ino, int64_t uid,
    int64_t gid);
void plan_mode(struct plan *p, const char *path, uint64_t ino, mode_t mode);
void plan_times(struct plan *p, const char *path, uint64_t ino, int64_t atime,
    int64_t mtime);
void plan_resize(struct plan *p, const char *path, uint64_t ino, uint64_t size);
void plan_patch(struct plan *p, const char *path, uint64_t ino, uint64_t offset,
    struct span bytes);

struct plan_new {
	const char *path;
	int64_t uid, gid;
	mode_t mode;
	struct span bytes; /* PLAN_CREATE */
	uint64_t size;     /* of the file, at least bytes.n */
	int64_t atime, mtime;
};
void plan_create(struct plan *p, enum plan_kind kind, enum plan_area area,
    const struct plan_new *what);

/* ---- reading ------------------------------------------------------------ */

/* By turn; within one in the order they were made. */
NODISCARD bool plan_sort(struct plan *p);

struct span plan_path(const struct plan *p, const struct plan_place *place);
struct span plan_bytes(const struct plan *p, const struct plan_op *op);
const char *plan_kind_name(enum plan_kind kind);
const char *plan_area_name(enum plan_area area);

/* Appends one line for an operation, printable, without a newline:
 * "move mess/3/17 to mess/5/19". */
void plan_put_op(const struct plan *p, const struct plan_op *op,
    struct str *out);

#endif
