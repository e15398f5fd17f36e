/* SPDX-License-Identifier: ISC */
/* What qmail-remote reads from and writes into the table; its layout is
 * tcpto.c's. Rules: queue.md section 7.1, smtp.md section 3. */
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/fd.h"
#include "qmail/tcpto.h"

enum {
	DOWN_COUNT = 2, /* timeouts before an address is skipped */
	SKIP_BASE = 60, /* times 64 seconds, plus a part of the pid */
	SKIP_UNIT_S = 64,
	SAME_EVENT_S = 120,
	EVICTION_S = 1024, /* what one more timeout is worth in age */
};

/* Opens the table for writing and locks it. */
static int
open_table(int lock_dir, enum tcpto_kind kind)
{
	int fd =
	    openat(lock_dir, tcpto_name(kind), O_RDWR | O_NONBLOCK | O_CLOEXEC);

	if (fd != -1 && flock(fd, LOCK_EX) == -1)
		fd_close(&fd);
	return fd;
}

static size_t
read_table(int fd, enum tcpto_kind kind, struct tcpto_record *records)
{
	unsigned char raw[TCPTO_MAX_RECORDS * TCPTO_RECORD_MAX];
	const size_t size = tcpto_record_bytes(kind);
	ssize_t got = fd_read_full(fd, raw, TCPTO_MAX_RECORDS * size);
	size_t n = 0;

	for (size_t at = 0; got > 0 && at + size <= (size_t)got; at += size)
		tcpto_record_parse(kind, raw + at, &records[n++]);
	return n;
}

static void
write_record(int fd, enum tcpto_kind kind, size_t index,
    const struct tcpto_record *r)
{
	unsigned char raw[TCPTO_RECORD_MAX];
	const size_t size = tcpto_record_bytes(kind);

	tcpto_record_store(kind, r, raw);
	/* only a hint: a table that cannot be written is as good as none */
	if (pwrite(fd, raw, size, (off_t)(index * size)) == -1)
		return;
}

static size_t
find(const struct tcpto_record *records, size_t n, enum tcpto_kind kind,
    const unsigned char *ip)
{
	for (size_t i = 0; i < n; i++) {
		if (memcmp(records[i].ip, ip, tcpto_address_bytes(kind)) == 0)
			return i;
	}
	return n;
}

bool
tcpto_is_down(int lock_dir, enum tcpto_kind kind, const unsigned char *ip,
    int64_t now, pid_t pid, bool *is_known)
{
	struct tcpto_record records[TCPTO_MAX_RECORDS];
	const struct tcpto_record *r;
	int fd = open_table(lock_dir, kind);
	size_t n, at;

	*is_known = false;
	if (fd == -1)
		return false;
	n = read_table(fd, kind, records);
	fd_close(&fd);
	at = find(records, n, kind, ip);
	if (at == n)
		return false;
	*is_known = true;
	r = &records[at];
	return r->count >= DOWN_COUNT &&
	       now - (int64_t)r->when <
	           (SKIP_BASE + (int64_t)(pid & 31)) * SKIP_UNIT_S;
}

/* The first free record, else the one whose timeouts say least. */
static size_t
choose_victim(const struct tcpto_record *records, size_t n)
{
	uint64_t least = UINT64_MAX;
	size_t victim = 0;

	for (size_t i = 0; i < n; i++) {
		uint64_t worth = (uint64_t)records[i].when +
		                 (uint64_t)records[i].count * EVICTION_S;

		if (records[i].count == 0)
			return i;
		if (worth < least) {
			least = worth;
			victim = i;
		}
	}
	return victim;
}

static void
count_timeout(int fd, enum tcpto_kind kind, const unsigned char *ip,
    int64_t now)
{
	struct tcpto_record records[TCPTO_MAX_RECORDS], *r;
	size_t n = read_table(fd, kind, records);
	size_t at = find(records, n, kind, ip);

	if (n == 0)
		return;
	if (at == n) {
		at = choose_victim(records, n);
		records[at] = (struct tcpto_record){0};
		memcpy(records[at].ip, ip, tcpto_address_bytes(kind));
	}
	r = &records[at];
	if (r->count > 0 && now < (int64_t)r->when + SAME_EVENT_S)
		return;
	if (r->count < TCPTO_COUNT_MAX)
		r->count++;
	r->when = (uint32_t)now;
	write_record(fd, kind, at, r);
}

void
tcpto_note_timeout(int lock_dir, enum tcpto_kind kind, const unsigned char *ip,
    int64_t now)
{
	int fd = open_table(lock_dir, kind);

	if (fd == -1)
		return;
	count_timeout(fd, kind, ip, now);
	fd_close(&fd);
}

void
tcpto_note_answer(int lock_dir, enum tcpto_kind kind, const unsigned char *ip)
{
	struct tcpto_record records[TCPTO_MAX_RECORDS];
	int fd = open_table(lock_dir, kind);
	size_t n, at;

	if (fd == -1)
		return;
	n = read_table(fd, kind, records);
	at = find(records, n, kind, ip);
	if (at < n && records[at].count > 0) {
		records[at].count = 0;
		write_record(fd, kind, at, &records[at]);
	}
	fd_close(&fd);
}
