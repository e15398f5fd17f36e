/* SPDX-License-Identifier: ISC */
#ifndef QMAIL_TCPTO_H
#define QMAIL_TCPTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/attr.h"
#include "base/err.h"

/* Hosts that recently timed out: queue/lock/tcpto for IPv4, in the classic
 * layout, and queue/lock/tcpto6 for IPv6, in our own. Specification: queue.md
 * section 7.1, smtp.md section 3.
 *
 *	tcpto	16 bytes: 0-3 address, 4 timeout count, 8-11 unix time of the
 *		last timeout (little endian), rest zero
 *	tcpto6	32 bytes: 0-15 address, 16 count, 20-23 time, rest zero
 *
 * A record with count 0 is free. A short or missing file means fewer records
 * or none, never an error.
 *
 * Another qmail (indimail) keeps both families in a tcpto of 2048 bytes: 32 to
 * a record, 0 address family (2 or 10), 4 count, 8-11 time, 16- address. Such a
 * file is read, and cleared, but nothing is noted in it. */
enum tcpto_kind {
	TCPTO_V4,
	TCPTO_V6,
	TCPTO_KINDS /* count */
};

enum {
	TCPTO_MAX_RECORDS = 64,
	TCPTO_RECORD_MAX = 32, /* bytes of the larger record */
	TCPTO_COUNT_MAX = 10,  /* counting stops here */
	TCPTO_ADDRESS_MAX = 16,
};

struct tcpto_record {
	unsigned char ip[TCPTO_ADDRESS_MAX]; /* the first 4 for IPv4 */
	bool is_v6;
	unsigned count;
	uint32_t when; /* seconds since 1970-01-01 UTC */
};

struct tcpto_table {
	struct tcpto_record record[TCPTO_MAX_RECORDS];
	size_t n; /* as many as the file has room for, free ones too */
};

/* Name within queue/lock, bytes of an address, bytes of a record. */
const char *tcpto_name(enum tcpto_kind kind);
size_t tcpto_address_bytes(enum tcpto_kind kind);
size_t tcpto_record_bytes(enum tcpto_kind kind);

/* One record from and to tcpto_record_bytes(kind) bytes. */
void tcpto_record_parse(enum tcpto_kind kind, const unsigned char *raw,
    struct tcpto_record *r);
void tcpto_record_store(enum tcpto_kind kind, const struct tcpto_record *r,
    unsigned char *raw);

/* Reads the table under a shared lock. lock_dir: descriptor of queue/lock. A
 * missing file gives an empty table. 0 or -1. */
NODISCARD int tcpto_load(int lock_dir, enum tcpto_kind kind,
    struct tcpto_table *t, struct err *e);

/* Whether processes skip a host with this record now, to be known without
 * asking as one of them: none does when the count is too small; before *surely
 * all of them do, from *at_most on none. */
NODISCARD bool tcpto_is_skipped(const struct tcpto_record *r, int64_t now,
    int64_t *surely, int64_t *at_most);

/* True when the address shall be skipped for now: at least two timeouts, the
 * last of them less than (60 + pid mod 32) * 64 seconds ago. *is_known: the
 * address has a record, see tcpto_note_answer(). Any trouble means false. */
NODISCARD bool tcpto_is_down(int lock_dir, enum tcpto_kind kind,
    const unsigned char *ip, int64_t now, pid_t pid, bool *is_known);

/* Counts a connection that timed out, unless one was counted within the last
 * two minutes. Trouble with the file is ignored: the table is only a hint. */
void tcpto_note_timeout(int lock_dir, enum tcpto_kind kind,
    const unsigned char *ip, int64_t now);

/* Clears the record of an address that answered in any other way. */
void tcpto_note_answer(int lock_dir, enum tcpto_kind kind,
    const unsigned char *ip);

/* Zeroes the whole table under its lock. A missing file stays missing. */
NODISCARD int tcpto_clear(int lock_dir, enum tcpto_kind kind, struct err *e);

#endif
