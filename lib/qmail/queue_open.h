/* SPDX-License-Identifier: ISC */
#ifndef QMAIL_QUEUE_OPEN_H
#define QMAIL_QUEUE_OPEN_H

#include "base/attr.h"
#include "base/err.h"

/* Opens the queue directory for a program that only reads, and gives root up
 * before anything in it is looked at (design D5): root becomes the owner of a
 * one-user instance, else the user who owns info/ with the group of mess/,
 * which are qmails and qmail in a real home and whatever an unpacked copy has.
 * Only where info/ belongs to root itself, so that nobody else could read it,
 * root stays root.
 *
 * queue: the directory, given by hand; or NULL for that of the home.
 * home: given by hand, or NULL. Returns the descriptor or -1; e->sys is the
 * reason when the system said no. */
NODISCARD int queue_open_to_read(const char *home, const char *queue,
    struct err *e);

#endif
