/* SPDX-License-Identifier: ISC */
#include "qmail/repair/catalogue.h"
#include "qmail/repair/rule.h"

const struct damage_group damage_state = {
    .name = "state",
};
