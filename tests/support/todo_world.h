/* SPDX-License-Identifier: ISC */
#ifndef TESTS_SUPPORT_TODO_WORLD_H
#define TESTS_SUPPORT_TODO_WORLD_H

#include "mta/send/preprocess.h"
#include "tests/support/unit.h"

/* A queue and a process that preprocesses it, for unit tests. Failures end the
 * test. */

enum {
	WORLD_SPLIT = 3,
	WORLD_NOW = 1000000, /* unix seconds */
	WORLD_MESSAGES = 300 /* ids are below */
};

struct todo_world {
	struct preprocess p;
	struct route route;
	int queue;
	unsigned reports[WORLD_MESSAGES]; /* of each id */
	bool local[WORLD_MESSAGES], remote[WORLD_MESSAGES];
	struct str log;
	size_t cleanings; /* exchanges with qmail-clean */
	char answer;      /* '+', '!'; 0: the connection is lost */
};

/* An envelope from ann@a.example to bob@r.example and joe@local.example. */
#define WORLD_PLAIN \
	"u7\0p8\0Fann@a.example\0Tbob@r.example\0Tjoe@local.example\0"

/* In a fresh folder. w: all zero, or what an earlier world_end() left; its
 * counters are kept. It must not move. */
void world_begin(struct todo_world *w, bool split_todo);
void world_end(struct todo_world *w);

/* The file of a message. world_check: no bytes at all mean no such file. */
NODISCARD bool world_has(const struct todo_world *w, enum queue_kind kind,
    uint64_t id);
void world_put(const struct todo_world *w, enum queue_kind kind, uint64_t id,
    struct span bytes);
void world_check(const struct todo_world *w, enum queue_kind kind, uint64_t id,
    struct span want);
void world_unlink(const struct todo_world *w, enum queue_kind kind,
    uint64_t id);

/* What qmail-queue does; todo: the bytes of its envelope file. */
void world_submit(const struct todo_world *w, uint64_t id, struct span todo);

/* n turns at one time. */
void world_turns(struct todo_world *w, int64_t now, int n);

NODISCARD bool world_log_has(const struct todo_world *w, struct span line);

/* Whatever happened: a message of WORLD_PLAIN is still in todo/, or it is whole
 * and reported once. */
void world_check_not_lost(const struct todo_world *w, uint64_t id);

#endif
