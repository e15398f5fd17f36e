/* SPDX-License-Identifier: ISC */
#include "qmail/tcpto.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>

#include "base/fd.h"
#include "base/num.h"

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

	*r = (struct tcpto_record){0};
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
	got = fd_read_full(fd, raw, TCPTO_MAX_RECORDS * l->record);
	if (got == -1)
		err_sys(e, "read", l->name);
	fd_close(&fd);
	if (got == -1)
		return -1;
	for (size_t at = 0; at + l->record <= (size_t)got; at += l->record)
		tcpto_record_parse(kind, raw + at, &t->record[t->n++]);
	return 0;
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
	rc = fd_write_full(fd, zero, TCPTO_MAX_RECORDS * l->record);
	if (rc == -1)
		err_sys(e, "clear", l->name);
	fd_close(&fd);
	return rc;
}
