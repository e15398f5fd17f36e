/* SPDX-License-Identifier: ISC */
#ifndef QMAIL_SITE_H
#define QMAIL_SITE_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"

/* One qmail installation: where it lives and whom it belongs to.
 *
 * The home is compiled in (make QMAIL_HOME=...). The environment variable
 * QMAILHOME overrides it for programs that run without set-uid. A home that
 * belongs to root has the classic eight users; a home that belongs to anybody
 * else is a one-user instance: its owner plays every role. */
struct site {
	const char *home; /* absolute path; lives as long as the process */
	bool one_user;
	uid_t uid; /* owner of the home */
	gid_t gid; /* that of the home; never root's in a one-user instance */
};

/* The compiled-in home. */
const char *site_compiled_home(void);

/* Finds the home and its owner. Changes nothing. Fails when it cannot be
 * examined, and in a set-uid program whose QMAILHOME names another directory
 * than the compiled home (compared by device and inode): it must not file mail
 * in a queue the caller did not mean. 0 or -1. */
NODISCARD int site_find(struct site *s, struct err *e);

/* The same for a home given by hand (--home). home must stay valid. */
NODISCARD int site_find_at(struct site *s, const char *home, struct err *e);

/* What --home names, which may be a relative path; site_find() when it is
 * NULL. *path holds the absolute path and must live as long as *s. 0 or -1. */
NODISCARD int site_find_given(struct site *s, const char *home,
    struct str *path, struct err *e);

/* When root runs one of our programs on a one-user instance, the process first
 * becomes the owner of the home, for good and verified. Otherwise nothing
 * happens. To be called before anything below the home is opened. 0 or -1. */
NODISCARD int site_become_owner(const struct site *s, struct err *e);

/* site_find(), site_become_owner() and chdir to the home: how a program that
 * works inside the home begins. 0 or -1. */
NODISCARD int site_enter(struct site *s, struct err *e);

/* Appends the path of another program of the suite: HOME/bin/NAME when HOME/bin
 * is a directory (what an administrator put there is what runs), else NAME in
 * the folder this program was started from, else the first NAME along PATH.
 * 0, or -1 when it is nowhere to be found. */
NODISCARD int site_find_program(const struct site *s, const char *name,
    struct str *path, struct err *e);

#endif
