/* SPDX-License-Identifier: ISC */
/* What qmail-remote reads from and writes into the table; its layout is
 * tcpto.c's. Rules: queue.md section 7.1, smtp.md section 3. */
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "qmail/tcpto.h"

enum {
	DOWN_COUNT = 2,       /* timeouts before an address is skipped */
	SKIP_BASE = 60,       /* times 64 seconds, plus a part of the pid */
	SKIP_JITTER_MAX = 31, /* all bits of that part */
	SKIP_UNIT_S = 64,
	SAME_EVENT_S = 120,
	EVICTION_S = 1024, /* what one more timeout is worth in age */
};

/* Opens the table for writing and locks it. A longer one is not ours to write.
 */
static int
open_table(int lock_dir, enum tcpto_kind kind)
{
	off_t most = (off_t)(TCPTO_MAX_RECORDS * tcpto_record_bytes(kind));
	struct stat st;
	int fd;

	fd =
	    openat(lock_dir, tcpto_name(kind), O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (fd == -1)
		return -1;
	if (flock(fd, LOCK_EX) == -1 || fstat(fd, &st) == -1 ||
	    st.st_size > most)
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

static bool
is_skipped_by(const struct tcpto_record *r, int64_t now, unsigned jitter)
{
	return r->count >= DOWN_COUNT &&
	       now - (int64_t)r->when <
	           (int64_t)(SKIP_BASE + jitter) * SKIP_UNIT_S;
}

bool
tcpto_is_skipped(const struct tcpto_record *r, int64_t now, int64_t *surely,
    int64_t *at_most)
{
	*surely = (int64_t)r->when + (int64_t)SKIP_BASE * SKIP_UNIT_S;
	*at_most = *surely + (int64_t)SKIP_JITTER_MAX * SKIP_UNIT_S;
	return is_skipped_by(r, now, SKIP_JITTER_MAX);
}

bool
tcpto_is_down(int lock_dir, enum tcpto_kind kind, const unsigned char *ip,
    int64_t now, pid_t pid, bool *is_known)
{
	struct tcpto_record records[TCPTO_MAX_RECORDS];
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
	return is_skipped_by(&records[at], now,
	    (unsigned)pid & SKIP_JITTER_MAX);
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
