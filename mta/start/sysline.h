/* SPDX-License-Identifier: ISC */
#ifndef MTA_START_SYSLINE_H
#define MTA_START_SYSLINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

/* Turns lines of a log into syslog messages. Specification: processes.md
 * section 8.1.
 *
 *   SECONDS.MICROS text     first SYSLINE_MAX bytes of a line
 *   SECONDS.MICROS+text     each further piece, with the stamp of the line
 */
enum { SYSLINE_MAX = 799, SYSLINE_STAMP = 32 };

/* Severities as syslog(3) numbers them. */
enum sysline_severity {
	SYSLINE_ALERT = 1,
	SYSLINE_WARNING = 4,
	SYSLINE_INFO = 6,
};

struct sysline {
	/* message is terminated, printable, and valid during the call only */
	void (*emit)(enum sysline_severity severity, const char *message);
	enum sysline_severity severity;
	bool continued; /* a piece of this line was sent already */
	size_t stamp;   /* bytes of message that are stamp */
	size_t n;       /* bytes of text behind the stamp */
	char message[SYSLINE_STAMP + SYSLINE_MAX + 1];
};

/* Empty lines produce nothing; a last line without LF is lost.
 * now: microseconds since 1970, the stamp of lines that begin in bytes. */
void sysline_feed(struct sysline *s, struct span bytes, int64_t now);

#endif
