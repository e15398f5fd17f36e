/* SPDX-License-Identifier: ISC */
#ifndef TOOLS_QFIXQ_SELECT_H
#define TOOLS_QFIXQ_SELECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "tools/qfixq/ids.h"
#include "tools/qfixq/job.h"
#include "tools/qfixq/view.h"

/* Which messages the command line means: selectors of one kind are
 * alternatives, kinds must all match, and what stands behind --not must not. */
struct selector;

struct selection {
	struct ids ids;
	struct selector *item;
	size_t n, cap;
	uint64_t limit, matched;
	int queue_dir;
	const struct queue_layout *layout;
	int64_t now;
	struct str text; /* head or body of the message in question */
	uint64_t text_of;
	size_t text_max;
};

/* 0; -1 with *e when something is malformed. After either select_free(). */
NODISCARD int select_open(struct selection *s, const struct job *job,
    struct err *e);
void select_free(struct selection *s);

/* True when nothing but ALL or nothing at all was asked for. */
NODISCARD bool select_is_everything(const struct selection *s);

/* False too once the limit is reached. */
NODISCARD bool select_matches(struct selection *s, const struct view *v);

/* Hands each matching message to take. 0 with s->matched; -1. */
NODISCARD int select_walk(struct selection *s, struct job *job,
    void (*take)(void *context, const struct view *v), void *context,
    struct err *e);

#endif
