/* SPDX-License-Identifier: ISC */
#ifndef QMAIL_REPAIR_IDENTITY_H
#define QMAIL_REPAIR_IDENTITY_H

#include <stdbool.h>

#include "base/attr.h"
#include "qmail/repair/inventory.h"

/* Whether the files of one number are of one message. Numbers are used again,
 * and files of an earlier message may have been left. Specification: qfixq.md
 * section 2, "identity test". The records of all files must have been read. */
NODISCARD bool identity_holds(const struct inventory_message *m);

#endif
