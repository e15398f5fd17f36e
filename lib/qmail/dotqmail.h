/* SPDX-License-Identifier: ISC */
#ifndef QMAIL_DOTQMAIL_H
#define QMAIL_DOTQMAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/span.h"
#include "base/str.h"

/* .qmail files: which one serves an address, and what its lines ask for.
 * Specification: local.md sections 1.5 to 1.7. Nothing here delivers. */

/* ---- lines ----------------------------------------------------------------
 */

enum dotqmail_kind {
	DOTQMAIL_BLANK,
	DOTQMAIL_COMMENT, /* text: the line without its "#" */
	DOTQMAIL_MBOX,    /* text: path of the file */
	DOTQMAIL_MAILDIR, /* text: path, which ends in a slash */
	DOTQMAIL_PROGRAM, /* text: command for the shell */
	DOTQMAIL_FORWARD, /* text: address, taken literally, may be empty */
	DOTQMAIL_LIST,    /* "+list": forward-only from here on */
	DOTQMAIL_OTHER, /* any other "+" line; text without the "+"; ignored */
};

struct dotqmail_line {
	enum dotqmail_kind kind;
	struct span text; /* borrowed; may hold NUL */
};

/* One line without its LF. Every line means something: cannot fail. */
struct dotqmail_line dotqmail_parse_line(struct span line);

/* True for lines that write a file or run a program. */
bool dotqmail_is_file_or_program(enum dotqmail_kind kind);

/* text without what follows its first NUL: what a delivery acts upon. */
struct span dotqmail_effective(struct span text);

enum dotqmail_step {
	DOTQMAIL_STEP_OK,        /* carry out this line */
	DOTQMAIL_STEP_END,       /* no line is left */
	DOTQMAIL_STEP_BLANK,     /* the first line is blank: defer, 4.2.1 */
	DOTQMAIL_STEP_FORBIDDEN, /* file or program, but forward-only: 4.7.0 */
};

/* Goes through the lines in the order of a delivery. A delivery stops at the
 * first step that is not OK; a linter may go on until END. */
struct dotqmail_reader {
	struct span rest;
	bool forward_only;
	size_t number; /* of the line last given, from 1 */
};

/* forward_only: the owner's x bit of the file. An empty text is one blank
 * line. */
struct dotqmail_reader dotqmail_reader_init(struct span text,
    bool forward_only);

NODISCARD enum dotqmail_step dotqmail_next(struct dotqmail_reader *r,
    struct dotqmail_line *line);

/* ---- names ----------------------------------------------------------------
 */

/* The part of an address that chooses the file. dash comes from the
 * administrator and may hold slashes ("-/"); ext comes from the sender of the
 * message. A slash in ext leads into a folder that the user has made for this
 * (".qmail-lists/"); it leads nowhere else, because every dot of ext becomes a
 * colon and the name always begins with ".qmail" and dash. */
struct dotqmail_address {
	struct span dash, ext;
};

/* Appends ext as it stands in file names: A-Z lowered, "." turned into ":". */
void dotqmail_put_safeext(struct str *out, struct span ext);

/* The names that are tried for one address, relative to the home, best first.
 */
struct dotqmail_names {
	struct str full; /* .qmail, dash, safeext */
	size_t ext_at;   /* where safeext begins in full */
	size_t cut;      /* bytes of safeext kept in name */
	bool begun;
	struct str name;   /* the current name */
	bool has_default;  /* it ends in "default", which stands for ... */
	size_t default_at; /* ... ext from this byte on */
};

void dotqmail_names_init(struct dotqmail_names *n,
    const struct dotqmail_address *a);
/* False when no further name is left or memory is short: ask str_ok() of
 * name. */
NODISCARD bool dotqmail_names_next(struct dotqmail_names *n);
void dotqmail_names_free(struct dotqmail_names *n);

/* ---- files ----------------------------------------------------------------
 */

enum dotqmail_status {
	DOTQMAIL_FOUND,
	DOTQMAIL_ABSENT,   /* no file: with an empty dash the default delivery
	                    * applies, else there is no such address */
	DOTQMAIL_WRITABLE, /* its mode has bits of mask: defer, 4.7.0 */
	DOTQMAIL_TROUBLE,  /* cannot be told: defer, 4.3.0; see *e */
};

enum { DOTQMAIL_FILE_MAX = 64 << 20 }; /* bytes of a file */

struct dotqmail_file {
	int fd;
	off_t size;               /* bytes when it was opened */
	struct str name;          /* relative to the home */
	bool forward_only;        /* the owner's x bit */
	bool has_default;         /* DEFAULT is set ... */
	struct span default_part; /* ... to this part of ext; borrowed */
};

/* Searches the home for the file of an address and opens it. home: directory
 * descriptor or AT_FDCWD. mask: bits the mode must not have. *f is to be
 * closed only when found. *e is set for WRITABLE and TROUBLE. */
NODISCARD enum dotqmail_status dotqmail_open(int home,
    const struct dotqmail_address *a, unsigned mask, struct dotqmail_file *f,
    struct err *e);
void dotqmail_close(struct dotqmail_file *f);

/* Appends the whole file to *text. 0 or -1. */
NODISCARD int dotqmail_load(const struct dotqmail_file *f, struct str *text,
    struct err *e);

/* What the mode of a home says about deliveries there. */
enum dotqmail_home {
	DOTQMAIL_HOME_OK,
	DOTQMAIL_HOME_WRITABLE, /* defer, 4.7.0 */
	DOTQMAIL_HOME_STICKY,   /* its owner is editing: defer, 4.2.1 */
};

/* mask: permission bits that make it unsafe, config_patrn. */
enum dotqmail_home dotqmail_check_home(mode_t mode, unsigned mask);

/* ---- the sender of forwarded copies ----------------------------------------
 */

enum dotqmail_owner {
	DOTQMAIL_OWNER_NONE, /* the sender is kept */
	DOTQMAIL_OWNER,      /* LOCAL-owner@DOMAIN */
	DOTQMAIL_OWNER_VERP, /* LOCAL-owner-@DOMAIN-@[] */
};

/* Which owner files exist for this address. 0 or -1. */
NODISCARD int dotqmail_find_owner(int home, const struct dotqmail_address *a,
    struct span sender, enum dotqmail_owner *owner, struct err *e);

/* local, domain: the recipient of this delivery. */
void dotqmail_put_newsender(struct str *out, enum dotqmail_owner owner,
    struct span local, struct span domain, struct span sender);

#endif
