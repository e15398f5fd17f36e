/* SPDX-License-Identifier: ISC */
#ifndef QMAIL_REPAIR_RULE_H
#define QMAIL_REPAIR_RULE_H

#include "qmail/repair/check.h"

/* Repairs that several kinds of damage share: each appends one group to
 * c->plan, in hide-first order. */

/* One thing into quarantine. */
void rule_quarantine(struct check *c, const struct finding *f,
    enum plan_turn turn, const char *path, uint64_t ino);

/* Some or all files of a message (a set of QUEUE_BIT) into an area, info and
 * todo first: PLAN_QUARANTINE or PLAN_HOLD. */
void rule_put_away(struct check *c, const struct finding *f,
    const struct inventory_message *m, unsigned bits, enum plan_area area);

/* All files of a message get another number, which is free: hidden in staging,
 * moved, revealed. */
void rule_rename_set(struct check *c, const struct finding *f,
    const struct inventory_message *m, uint64_t to);

/* Messages that exchange their numbers, as one group: begin, hide each, place
 * each with reveal false, then each with reveal true, plan_end(). */
void rule_cycle_begin(struct check *c, const struct finding *f);
void rule_cycle_hide(struct check *c, const struct inventory_message *m);
void rule_cycle_place(struct check *c, const struct inventory_message *m,
    uint64_t to, bool reveal);

/* One file of a message is replaced by bytes, the old one kept in quarantine;
 * the message is hidden meanwhile. mtime: of the new file. */
void rule_replace(struct check *c, const struct finding *f,
    const struct inventory_message *m, enum queue_kind kind, struct span bytes,
    int64_t mtime);

#endif
