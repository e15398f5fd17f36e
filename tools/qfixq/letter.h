/* SPDX-License-Identifier: ISC */
#ifndef TOOLS_QFIXQ_LETTER_H
#define TOOLS_QFIXQ_LETTER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/span.h"
#include "base/str.h"
#include "qmail/repair/inventory.h"

/* The message file itself, for people and patterns. */

enum { LETTER_HEAD_MAX = 256 * 1024 };

/* Appends the first max bytes of the message. No link is followed, no FIFO
 * waited for, no time changed where that can be avoided. 0 or -1. */
NODISCARD int letter_load(int queue_dir, const struct queue_layout *layout,
    const struct inventory_message *m, size_t max, struct str *out,
    struct err *e);

/* The part before the first empty line with its last LF, and what follows that
 * line. */
struct span letter_head(struct span letter);
struct span letter_body(struct span letter);

/* Takes a header field, with its continuation lines, from the front: its name,
 * its value without the last LF. False when none is left. */
NODISCARD bool letter_take_field(struct span *head, struct span *name,
    struct span *value);

#endif
