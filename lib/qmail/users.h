/* SPDX-License-Identifier: ISC */
#ifndef QMAIL_USERS_H
#define QMAIL_USERS_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/span.h"
#include "base/str.h"
#include "qmail/cdb_file.h"
#include "qmail/site.h"

/* Who gets the mail of a local part. Specification: processes.md sections 2.6
 * and 7, local.md section 2. */

/* ---- the answer: six fields, each with a NUL behind it ------------------- */

/* What qmail-getpw prints and users/cdb yields:
 *	user NUL uid NUL gid NUL home NUL dash NUL ext NUL */
struct users_entry {
	struct span user;
	uid_t uid;
	gid_t gid;
	struct span home, dash, ext;
};

enum users_entry_status {
	USERS_ENTRY_OK,
	USERS_ENTRY_SHORT,  /* fewer than six fields */
	USERS_ENTRY_BAD_ID, /* uid or gid is not a number */
};

/* Appends the six fields. */
void users_entry_put(struct str *out, const struct users_entry *u);

/* The spans borrow from text and have a NUL behind them there, so that .p is a
 * C string. Bytes behind the sixth field are ignored. Uid 0 is accepted here:
 * who delivers must refuse it. */
NODISCARD enum users_entry_status users_entry_parse(struct span text,
    struct users_entry *u);

/* ---- users/assign ---------------------------------------------------------
 */

enum users_field {
	USERS_USER,
	USERS_UID,
	USERS_GID,
	USERS_HOME,
	USERS_DASH,
	USERS_EXT,
	USERS_FIELDS /* count */
};

/* "=local:user:uid:gid:home:dash:ext:" or "+prefix:user:...:pre:". */
struct users_line {
	char type; /* '+' is a prefix; every other byte acts as '=' */
	struct span key;
	struct span field[USERS_FIELDS];
};

enum users_line_status {
	USERS_LINE_OK,
	USERS_LINE_END, /* the line that begins with a dot */
	USERS_LINE_BAD, /* a field is missing, or there is a NUL */
};

/* line: without its LF. What follows the last field is ignored. */
NODISCARD enum users_line_status users_line_parse(struct span line,
    struct users_line *l);

/* Appends the line with its LF. */
void users_line_put(struct str *out, const struct users_line *l);

/* ---- users/cdb ------------------------------------------------------------
 */

/* Key and data of the record of one line. */
void users_record_put(const struct users_line *l, struct str *key,
    struct str *data);

/* Compiles users/assign into users/cdb below the home (a directory descriptor,
 * or AT_FDCWD). The old database stays when anything is wrong; the text names
 * the line. 0 or -1. */
NODISCARD int users_compile(int home, struct err *e);

enum users_status {
	USERS_FAILED = -1, /* *e says why; the delivery must wait */
	USERS_ABSENT = 0,  /* qmail-getpw decides */
	USERS_FOUND = 1,
};

/* Looks local up and appends the six fields to *text. No database at all is
 * USERS_ABSENT. */
NODISCARD enum users_status users_find(int home, struct span local,
    struct str *text, struct err *e);

/* The same in a database that is open. */
NODISCARD enum users_status users_find_in(struct cdb_file *c, struct span local,
    struct str *text, struct err *e);

/* ---- the system's user database -------------------------------------------
 */

/* Exit statuses of qmail-getpw; every other one is free. */
enum users_getpw_status {
	USERS_GETPW_OK = 0,
	USERS_GETPW_USAGE = 100,
	USERS_GETPW_STAT = 115,     /* a home could not be examined now */
	USERS_GETPW_NO_ALIAS = 116, /* nobody else, and no alias account */
	USERS_GETPW_SYSTEM = 118,   /* the database could not be asked now */
	USERS_GETPW_MEMORY = 119,
};

enum { USERS_NAME_MAX = 31 }; /* longest account name that gets mail */

/* Appends the six fields for a local part: the account with the longest name
 * that local begins with (at its end or before the break character), else
 * alias. An account counts when it is not root and owns its home. In a one-user
 * instance only the owner's account counts, and alias is HOME/alias. Anything
 * but USERS_GETPW_OK comes with *e. */
NODISCARD enum users_getpw_status users_getpw(const struct site *s,
    struct span local, struct str *text, struct err *e);

#endif
