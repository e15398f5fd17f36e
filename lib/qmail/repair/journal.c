/* SPDX-License-Identifier: ISC */
#include "qmail/repair/journal.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/num.h"

static const struct span names[JOURNAL_KINDS] = {
    [JOURNAL_RUN] = SPAN_INIT("run"),
    [JOURNAL_GROUP] = SPAN_INIT("group"),
    [JOURNAL_MOVE] = SPAN_INIT("move"),
    [JOURNAL_LINK] = SPAN_INIT("link"),
    [JOURNAL_UNLINK] = SPAN_INIT("unlink"),
    [JOURNAL_OWNER] = SPAN_INIT("owner"),
    [JOURNAL_MODE] = SPAN_INIT("mode"),
    [JOURNAL_TIMES] = SPAN_INIT("times"),
    [JOURNAL_RESIZE] = SPAN_INIT("resize"),
    [JOURNAL_PATCH] = SPAN_INIT("patch"),
    [JOURNAL_DONE] = SPAN_INIT("done"),
    [JOURNAL_SKIP] = SPAN_INIT("skip"),
    [JOURNAL_BACK] = SPAN_INIT("back"),
    [JOURNAL_END] = SPAN_INIT("end"),
};

/* Members of a line; one that is zero or empty is left out. */
enum member_type { UNSIGNED, SIGNED, TEXT };
#define MEMBER(field, type)                                                \
	{                                                                  \
		SPAN_INIT(#field), offsetof(struct journal_record, field), \
		    type                                                   \
	}
static const struct member {
	struct span name;
	size_t at;
	enum member_type type;
} members[] = {
    MEMBER(group, UNSIGNED),
    MEMBER(id, UNSIGNED),
    MEMBER(n, UNSIGNED),
    MEMBER(ino, UNSIGNED),
    MEMBER(birth, SIGNED),
    MEMBER(a, SIGNED),
    MEMBER(b, SIGNED),
    MEMBER(old_a, SIGNED),
    MEMBER(old_b, SIGNED),
    MEMBER(text, TEXT),
    MEMBER(from, TEXT),
    MEMBER(to, TEXT),
    MEMBER(bytes, TEXT),
    MEMBER(old, TEXT),
};
enum { MEMBERS = sizeof(members) / sizeof(members[0]) };

static const struct span crc_key = SPAN_INIT(",\"crc\":\"");
enum { CRC_DIGITS = 8 };

bool
journal_is_step(enum journal_kind kind)
{
	return kind >= JOURNAL_MOVE && kind <= JOURNAL_PATCH;
}

/* ---- one line ------------------------------------------------------------ */

/* Castagnoli's polynomial, reflected. */
static uint32_t
crc32c(struct span bytes)
{
	uint32_t crc = UINT32_MAX;

	for (size_t i = 0; i < bytes.n; i++) {
		crc ^= (unsigned char)bytes.p[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (0x82f63b78U & (0U - (crc & 1)));
	}
	return ~crc;
}

static void
put_hex(struct str *out, uint32_t value, unsigned digits)
{
	while (digits-- > 0)
		str_putc(out, "0123456789abcdef"[value >> 4 * digits & 15]);
}

static bool
is_plain(unsigned char c)
{
	return c >= 32 && c < 127 && c != '"' && c != '\\';
}

static void
put_text(struct str *out, struct span text)
{
	str_putc(out, '"');
	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];

		if (is_plain(c)) {
			str_putc(out, (char)c);
		} else {
			str_put_cstr(out, "\\u");
			put_hex(out, c, 4);
		}
	}
	str_putc(out, '"');
}

static void
put_key(struct str *out, struct span name)
{
	str_put_cstr(out, ",\"");
	str_put(out, name);
	str_put_cstr(out, "\":");
}

static void
put_member(struct str *out, const struct member *m,
    const struct journal_record *r)
{
	const void *value = (const char *)r + m->at;
	const uint64_t *u = value;
	const int64_t *i = value;
	const struct span *text = value;

	switch (m->type) {
	case UNSIGNED:
		if (*u == 0)
			return;
		put_key(out, m->name);
		str_put_u64(out, *u);
		break;
	case SIGNED:
		if (*i == 0)
			return;
		put_key(out, m->name);
		str_put_i64(out, *i);
		break;
	case TEXT:
		if (text->n == 0)
			return;
		put_key(out, m->name);
		put_text(out, *text);
		break;
	}
}

void
journal_put(struct str *out, uint64_t seq, const struct journal_record *r)
{
	size_t start = out->n;
	uint32_t crc;

	str_put_cstr(out, "{\"seq\":");
	str_put_u64(out, seq);
	put_key(out, SPAN("kind"));
	put_text(out, names[r->kind]);
	for (size_t i = 0; i < MEMBERS; i++)
		put_member(out, &members[i], r);
	if (!str_ok(out))
		return;
	crc = crc32c((struct span){out->p + start, out->n - start});
	str_put(out, crc_key);
	put_hex(out, crc, CRC_DIGITS);
	str_put_cstr(out, "\"}\n");
}

static bool
hex_value(struct span digits, uint32_t *value)
{
	*value = 0;
	for (size_t i = 0; i < digits.n; i++) {
		char c = digits.p[i];
		uint32_t digit;

		if (c >= '0' && c <= '9')
			digit = (uint32_t)(c - '0');
		else if (c >= 'a' && c <= 'f')
			digit = (uint32_t)(c - 'a') + 10;
		else
			return false;
		*value = *value << 4 | digit;
	}
	return true;
}

/* Takes a string and its quotes from *at; decodes it where it stands. */
static bool
take_text(char *line, size_t n, size_t *at, struct span *text)
{
	size_t i = *at, to;

	if (i >= n || line[i] != '"')
		return false;
	to = ++i;
	text->p = line + to;
	while (i < n && line[i] != '"') {
		uint32_t value = (unsigned char)line[i];

		if (line[i] == '\\') {
			if (n - i < 6 || line[i + 1] != 'u' ||
			    !hex_value((struct span){line + i + 2, 4},
			        &value) ||
			    value > 255)
				return false;
			i += 5;
		}
		i++;
		line[to++] = (char)value;
	}
	if (i >= n)
		return false;
	text->n = (size_t)(line + to - text->p);
	*at = i + 1;
	return true;
}

static bool
take_unsigned(const char *line, size_t n, size_t *at, uint64_t max,
    uint64_t *value)
{
	struct span rest = {line + *at, n - *at};

	if (!num_take_u64(&rest, max, value))
		return false;
	*at = n - rest.n;
	return true;
}

static bool
take_signed(const char *line, size_t n, size_t *at, int64_t *value)
{
	bool negative = *at < n && line[*at] == '-';
	uint64_t size;

	*at += negative;
	if (!take_unsigned(line, n, at, INT64_MAX, &size))
		return false;
	*value = negative ? -(int64_t)size : (int64_t)size;
	return true;
}

/* Takes what stands behind "," and is "NAME": of a member we know. */
static const struct member *
take_name(char *line, size_t n, size_t *at)
{
	struct span name;

	if (*at >= n || line[*at] != ',')
		return NULL;
	++*at;
	if (!take_text(line, n, at, &name) || *at >= n || line[*at] != ':')
		return NULL;
	++*at;
	for (size_t i = 0; i < MEMBERS; i++) {
		if (span_eq(name, members[i].name))
			return &members[i];
	}
	return NULL;
}

static bool
take_member(char *line, size_t n, size_t *at, struct journal_record *r)
{
	const struct member *m = take_name(line, n, at);
	void *value;

	if (m == NULL)
		return false;
	value = (char *)r + m->at;
	switch (m->type) {
	case UNSIGNED:
		return take_unsigned(line, n, at, UINT64_MAX, value);
	case SIGNED:
		return take_signed(line, n, at, value);
	case TEXT:
		return take_text(line, n, at, value);
	}
	return false;
}

static bool
find_kind(struct span name, enum journal_kind *kind)
{
	for (int i = 0; i < JOURNAL_KINDS; i++) {
		if (!span_eq(name, names[i]))
			continue;
		*kind = (enum journal_kind)i;
		return true;
	}
	return false;
}

static bool
take_literal(const char *line, size_t n, size_t *at, struct span literal)
{
	struct span rest = {line + *at, n - *at};

	if (!span_take_prefix(&rest, literal))
		return false;
	*at = n - rest.n;
	return true;
}

/* Cuts ,"crc":"XXXXXXXX"} off; false when it is not right. */
static bool
check_crc(const char *line, size_t *n)
{
	const size_t tail = crc_key.n + CRC_DIGITS + 2;
	size_t at;
	uint32_t crc;

	if (*n < tail || line[*n - 1] != '}' || line[*n - 2] != '"')
		return false;
	at = *n - tail;
	if (!take_literal(line, *n, &at, crc_key) ||
	    !hex_value((struct span){line + at, CRC_DIGITS}, &crc))
		return false;
	*n -= tail;
	return crc == crc32c((struct span){line, *n});
}

bool
journal_parse(char *line, size_t n, uint64_t *seq, struct journal_record *r)
{
	struct span kind;
	size_t at = 0;

	*r = (struct journal_record){0};
	if (!check_crc(line, &n) ||
	    !take_literal(line, n, &at, SPAN("{\"seq\":")) ||
	    !take_unsigned(line, n, &at, UINT64_MAX, seq) ||
	    !take_literal(line, n, &at, SPAN(",\"kind\":")) ||
	    !take_text(line, n, &at, &kind) || !find_kind(kind, &r->kind))
		return false;
	while (at < n) {
		if (!take_member(line, n, &at, r))
			return false;
	}
	return true;
}

/* ---- writing ------------------------------------------------------------- */

int
journal_create(struct journal *j, int journal_dir, const char *run,
    struct err *e)
{
	*j = (struct journal){.fd = -1};
	j->fd = openat(journal_dir, run,
	    O_WRONLY | O_APPEND | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
	    0600);
	if (j->fd == -1)
		return err_sys(e, "create journal", run);
	return 0;
}

void
journal_add(struct journal *j, const struct journal_record *r)
{
	journal_put(&j->pending, ++j->seq, r);
}

int
journal_flush(struct journal *j, bool sync, struct err *e)
{
	if (!str_ok(&j->pending))
		return err_set(e, ERR_SYS, "out of memory");
	if (fd_write_full(j->fd, j->pending.p, j->pending.n) == -1)
		return err_sys(e, "write", "journal");
	str_reset(&j->pending);
	if (sync && fsync(j->fd) == -1)
		return err_sys(e, "sync", "journal");
	return 0;
}

void
journal_close(struct journal *j)
{
	fd_close(&j->fd);
	str_free(&j->pending);
}

/* ---- reading ------------------------------------------------------------- */

static int
split_lines(struct journal_file *f, struct err *e)
{
	char *p = f->bytes.p;
	size_t at = 0;

	while (at < f->bytes.n) {
		size_t end = span_find(str_span(&f->bytes), '\n', at);
		uint64_t seq;

		if (end == f->bytes.n)
			break;
		if (!array_grow(&f->record, &f->cap, f->n + 1,
		        sizeof(f->record[0])))
			return err_set(e, ERR_SYS, "out of memory");
		if (!journal_parse(p + at, end - at, &seq, &f->record[f->n]) ||
		    seq != f->n + 1)
			break;
		f->n++;
		at = end + 1;
	}
	f->valid = at;
	return 0;
}

int
journal_load(struct journal_file *f, int journal_dir, const char *run,
    struct err *e)
{
	struct stat st;

	*f = (struct journal_file){0};
	/* a link could lead out of the private folder */
	if (fstatat(journal_dir, run, &st, AT_SYMLINK_NOFOLLOW) == -1)
		return err_sys(e, "find journal", run);
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_FORMAT, "journal %s is no file", run);
	if (file_load(journal_dir, run, JOURNAL_FILE_MAX, &f->bytes, e) == -1 ||
	    split_lines(f, e) == -1) {
		journal_file_free(f);
		return -1;
	}
	return 0;
}

void
journal_file_free(struct journal_file *f)
{
	str_free(&f->bytes);
	free(f->record);
	*f = (struct journal_file){0};
}

int
journal_reopen(struct journal *j, int journal_dir, const char *run,
    const struct journal_file *f, struct err *e)
{
	*j = (struct journal){.fd = -1, .seq = f->n};
	j->fd = openat(journal_dir, run,
	    O_WRONLY | O_APPEND | O_NOFOLLOW | O_CLOEXEC);
	if (j->fd == -1)
		return err_sys(e, "open journal", run);
	if (f->valid < f->bytes.n && ftruncate(j->fd, (off_t)f->valid) == -1) {
		err_sys(e, "truncate journal", run);
		journal_close(j);
		return -1;
	}
	return 0;
}

bool
journal_is_complete(const struct journal_file *f)
{
	return f->n > 0 && f->record[f->n - 1].kind == JOURNAL_END;
}
