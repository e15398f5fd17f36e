/* SPDX-License-Identifier: ISC */
#ifndef FMT_DATE_H
#define FMT_DATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/span.h"
#include "base/str.h"

/* Dates in UTC, English names, Gregorian calendar. t: unix seconds, any year
 * from 1 to 9999 (outside it is clamped). */

struct date {
	int64_t year;
	unsigned month; /* 0..11 */
	unsigned day;   /* 1..31 */
	unsigned hour, minute, second;
	unsigned weekday; /* 0 = Sunday */
};

/* Seconds since 1970-01-01 UTC, any value, as a date in UTC. */
struct date date_from_unix(int64_t t);

/* "3 Feb 2026 04:05:06", the day without padding: common part of the forms of
 * RFC 5322 (Received, Date) and of qmail-qread. */
void date_put_plain(struct str *out, int64_t t);

/* "3 Feb 2026 04:05:06 -0000": Date and Received of qmail. */
void date_put_822(struct str *out, int64_t t);

/* Reads exactly what date_put_822() writes; false, and *t unchanged, for
 * anything else. */
NODISCARD bool date_parse_822(struct span text, int64_t *t);

/* "Tue Feb 03 04:05:06 2026": the From_ line of an mbox. */
void date_put_mbox(struct str *out, int64_t t);

/* "20260203040506": qmail's Message-ID. */
void date_put_stamp(struct str *out, int64_t t);

#endif
