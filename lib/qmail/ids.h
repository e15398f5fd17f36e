/* SPDX-License-Identifier: ISC */
#ifndef QMAIL_IDS_H
#define QMAIL_IDS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"
#include "qmail/site.h"

/* The users and groups of an installation, by role. Their names are fixed when
 * the programs are built (make variables), their numbers are found at run
 * time: in a one-user instance every role is the owner of the home; else in
 * HOME/users/ids, lines "user:NAME:NUMBER" and "group:NAME:NUMBER", obeyed
 * only if root owns it and nobody else can write it; else in the system's user
 * database. A program asks only for the ids it needs. */
enum ids_user {
	IDS_ALIAS,
	IDS_QMAILD,
	IDS_QMAILL,
	IDS_QMAILP,
	IDS_QMAILQ,
	IDS_QMAILR,
	IDS_QMAILS,
	IDS_ROOT,
	IDS_USERS /* count */
};

enum ids_group {
	IDS_NOFILES,
	IDS_QMAIL,
	IDS_GROUPS /* count */
};

/* As fixed when the programs were built. */
const char *ids_user_name(enum ids_user user);
const char *ids_group_name(enum ids_group group);

/* 0 with the number, or -1 when it is unknown or cannot be looked up. */
NODISCARD int ids_find_user(const struct site *s, enum ids_user user,
    uid_t *uid, struct err *e);
NODISCARD int ids_find_group(const struct site *s, enum ids_group group,
    gid_t *gid, struct err *e);

/* Appends the text of users/ids: the numbers that the system's user database
 * has now. root needs no line. 0, or -1 when a user or group is unknown. */
NODISCARD int ids_put_file(struct str *out, struct err *e);

/* Which of n roles has this uid: the first, in *found. Reads users/ids at most
 * once and asks the system's database only for names that are not in it. A user
 * who cannot be looked up counts as somebody else, so that an outage of the
 * user database stops nothing. */
NODISCARD bool ids_match_user(const struct site *s, uid_t uid,
    const enum ids_user *users, size_t n, enum ids_user *found);

#endif
