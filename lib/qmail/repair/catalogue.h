/* SPDX-License-Identifier: ISC */
#ifndef QMAIL_REPAIR_CATALOGUE_H
#define QMAIL_REPAIR_CATALOGUE_H

#include "qmail/repair/damage.h"

/* The groups of the damage catalogue, one file each; for catalogue.c, and for
 * tests of one group. */
extern const struct damage_group damage_environment; /* Q001.. */
extern const struct damage_group damage_structure;   /* Q101.. */
extern const struct damage_group damage_special;     /* Q107.. */
extern const struct damage_group damage_state;       /* Q201.. */
extern const struct damage_group damage_naming;      /* Q301.. */
extern const struct damage_group damage_record;      /* Q401.. */
extern const struct damage_group damage_rights;      /* Q501.. */
extern const struct damage_group damage_times;       /* Q601.. */
extern const struct damage_group damage_leftover;    /* Q701.. */

#endif
