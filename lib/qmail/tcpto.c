/* SPDX-License-Identifier: ISC */
#include "qmail/tcpto.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "base/num.h"

/* The table of the other qmail. */
enum {
	FOREIGN_BYTES = 2048,
	FOREIGN_RECORD = 32,
	FOREIGN_ADDRESS_AT = 16,
	FOREIGN_V4 = 2,
	FOREIGN_V6 = 10,
};

/* How the two files differ; the rest is the same. */
static const struct layout {
	const char *name;
	size_t address, record; /* bytes */
	size_t count_at, when_at;
} layouts[TCPTO_KINDS] = {
    [TCPTO_V4] = {"tcpto", 4, 16, 4, 8},
    [TCPTO_V6] = {"tcpto6", 16, 32, 16, 20},
};

const char *
tcpto_name(enum tcpto_kind kind)
{
	return layouts[kind].name;
}

size_t
tcpto_address_bytes(enum tcpto_kind kind)
{
	return layouts[kind].address;
}

size_t
tcpto_record_bytes(enum tcpto_kind kind)
{
	return layouts[kind].record;
}

void
tcpto_record_parse(enum tcpto_kind kind, const unsigned char *raw,
    struct tcpto_record *r)
{
	const struct layout *l = &layouts[kind];

	*r = (struct tcpto_record){.is_v6 = kind == TCPTO_V6};
	memcpy(r->ip, raw, l->address);
	r->count = raw[l->count_at];
	r->when = num_load_le32(raw + l->when_at);
}

void
tcpto_record_store(enum tcpto_kind kind, const struct tcpto_record *r,
    unsigned char *raw)
{
	const struct layout *l = &layouts[kind];

	memset(raw, 0, l->record);
	memcpy(raw, r->ip, l->address);
	raw[l->count_at] =
	    (unsigned char)(r->count > TCPTO_COUNT_MAX ? TCPTO_COUNT_MAX
	                                               : r->count);
	num_store_le32(raw + l->when_at, r->when);
}

static int
open_locked(int lock_dir, const char *name, int flags, int operation,
    struct err *e)
{
	int fd = openat(lock_dir, name, flags | O_NONBLOCK | O_CLOEXEC);

	if (fd == -1)
		return err_sys(e, "open", name);
	if (flock(fd, operation) == 0)
		return fd;
	err_sys(e, "lock", name);
	fd_close(&fd);
	return -1;
}

/* True when every record in use has the form of the other qmail's. */
static bool
is_foreign(const unsigned char *raw, size_t size)
{
	static const unsigned char zero[FOREIGN_RECORD];

	if (size != FOREIGN_BYTES)
		return false;
	for (size_t at = 0; at < size; at += FOREIGN_RECORD) {
		const unsigned char *r = raw + at;

		if (memcmp(r, zero, FOREIGN_RECORD) == 0)
			continue;
		if ((r[0] != FOREIGN_V4 && r[0] != FOREIGN_V6) ||
		    memcmp(r + 1, zero, 3) != 0)
			return false;
	}
	return true;
}

static void
parse_foreign(const unsigned char *raw, struct tcpto_record *r)
{
	*r = (struct tcpto_record){.is_v6 = raw[0] == FOREIGN_V6};
	memcpy(r->ip, raw + FOREIGN_ADDRESS_AT, r->is_v6 ? 16 : 4);
	r->count = raw[4];
	r->when = num_load_le32(raw + 8);
}

static void
parse_table(enum tcpto_kind kind, const unsigned char *raw, size_t size,
    struct tcpto_table *t)
{
	size_t record = layouts[kind].record;
	bool foreign = kind == TCPTO_V4 && is_foreign(raw, size);

	if (foreign)
		record = FOREIGN_RECORD;
	for (size_t at = 0; at + record <= size && t->n < TCPTO_MAX_RECORDS;
	     at += record) {
		if (foreign)
			parse_foreign(raw + at, &t->record[t->n++]);
		else
			tcpto_record_parse(kind, raw + at, &t->record[t->n++]);
	}
}

int
tcpto_load(int lock_dir, enum tcpto_kind kind, struct tcpto_table *t,
    struct err *e)
{
	unsigned char raw[TCPTO_MAX_RECORDS * TCPTO_RECORD_MAX];
	const struct layout *l = &layouts[kind];
	ssize_t got;
	int fd;

	t->n = 0;
	fd = open_locked(lock_dir, l->name, O_RDONLY, LOCK_SH, e);
	if (fd == -1)
		return errno == ENOENT ? 0 : -1;
	got = fd_read_full(fd, raw, sizeof(raw));
	if (got == -1)
		err_sys(e, "read", l->name);
	fd_close(&fd);
	if (got == -1)
		return -1;
	parse_table(kind, raw, (size_t)got, t);
	return 0;
}

/* As many bytes as the table has: one of the other qmail is longer. */
static size_t
table_bytes(int fd, enum tcpto_kind kind)
{
	struct stat st;

	if (fstat(fd, &st) == 0 && st.st_size == FOREIGN_BYTES)
		return FOREIGN_BYTES;
	return TCPTO_MAX_RECORDS * layouts[kind].record;
}

int
tcpto_clear(int lock_dir, enum tcpto_kind kind, struct err *e)
{
	static const unsigned char zero[TCPTO_MAX_RECORDS * TCPTO_RECORD_MAX];
	const struct layout *l = &layouts[kind];
	int fd, rc;

	fd = open_locked(lock_dir, l->name, O_WRONLY, LOCK_EX, e);
	if (fd == -1)
		return errno == ENOENT ? 0 : -1;
	rc = fd_write_full(fd, zero, table_bytes(fd, kind));
	if (rc == -1)
		err_sys(e, "clear", l->name);
	fd_close(&fd);
	return rc;
}
