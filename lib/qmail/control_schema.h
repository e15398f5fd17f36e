/* SPDX-License-Identifier: ISC */
#ifndef QMAIL_CONTROL_SCHEMA_H
#define QMAIL_CONTROL_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"

/* Every control file there is: the one table that the programs, qmail-showctl,
 * the linter and the documentation read. Specification: control.md sections 2,
 * 3, 6 and 7.0. A control file that has no row here does not exist. */

enum control_kind {
	CONTROL_LINE, /* first line is the value */
	CONTROL_INT,  /* first line begins with a decimal number */
	CONTROL_LIST, /* one entry a line, '#' comments */
	CONTROL_MAP,  /* a list of key:value */
	CONTROL_CDB,  /* constant database */
	CONTROL_TEXT, /* handed on whole */
};

/* What takes the place of an absent file. */
enum control_fallback {
	CONTROL_OR_NOTHING,
	CONTROL_OR_LITERAL,
	CONTROL_OR_ME,         /* control/me; nothing if that is absent too */
	CONTROL_OR_ME_OR_NAME, /* control/me, else the file's own name */
};

/* Programs that read a file. */
enum {
	CONTROL_BY_SEND = 1 << 0,
	CONTROL_BY_SMTPD = 1 << 1,
	CONTROL_BY_QMTPD = 1 << 2,
	CONTROL_BY_REMOTE = 1 << 3,
	CONTROL_BY_INJECT = 1 << 4,
	CONTROL_BY_QMQPC = 1 << 5,
	CONTROL_BY_LSPAWN = 1 << 6,
	CONTROL_BY_NEWMRH = 1 << 7,
	CONTROL_BY_QMAILCTL = 1 << 8,
	CONTROL_BY_TCPSERVER = 1 << 9,
};

/* When a changed file takes effect. */
enum control_activation {
	CONTROL_AT_EACH_RUN, /* with the next message, session or delivery */
	CONTROL_AT_START,    /* when qmail-send is restarted */
	CONTROL_AT_HUP,      /* when qmail-send gets SIGHUP */
	CONTROL_AT_COMPILE,  /* when its cdb is built */
	CONTROL_AT_SERVICE,  /* when qmailctl starts the service */
};

struct control_row {
	const char *name;
	enum control_kind kind;
	enum control_fallback fallback;
	const char *literal; /* with CONTROL_OR_LITERAL, else NULL */
	unsigned readers;    /* CONTROL_BY_... */
	enum control_activation activation;
	/* Says whether one value or entry is well formed; NULL: anything is. */
	bool (*is_valid)(struct span value);
	const char *meaning;
};

/* Sorted by name. */
extern const struct control_row control_schema[];
extern const size_t control_schema_rows;

/* NULL when there is no such control file. */
const struct control_row *control_schema_find(struct span name);

#endif
