/* SPDX-License-Identifier: ISC */
#include "qmail/repair/records.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/array.h"
#include "base/fd.h"
#include "base/num.h"
#include "qmail/queue_record.h"

enum {
	/* recipients looked at for doubles; far more than any list holds that
	 * people write */
	SORTED_MAX = 1 << 20,
};

/* ---- judging ------------------------------------------------------------- */

static bool
is_list(enum queue_kind kind)
{
	return kind == QUEUE_LOCAL || kind == QUEUE_REMOTE;
}

static bool
letter_belongs(enum queue_kind kind, char letter)
{
	if (kind == QUEUE_INFO)
		return letter == 'F';
	if (is_list(kind))
		return letter == 'T' || letter == 'D';
	/* e and h are records of other qmails */
	return letter != 0 && strchr("upFTeh", letter) != NULL;
}

static void
note_bad(struct records *r, unsigned bad, uint64_t at)
{
	if ((r->bad & (RECORDS_CUT | RECORDS_LETTER | RECORDS_NULS)) == 0)
		r->bad_at = at;
	r->bad |= bad;
}

static bool
is_odd_address(struct span text)
{
	if (text.n == 0 || text.n > QUEUE_ADDRESS_MAX ||
	    memchr(text.p, '@', text.n) == NULL)
		return true;
	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];

		if (c < 32 || c > 126)
			return true;
	}
	return false;
}

static void
judge_sender(struct records *r, const struct queue_record *rec)
{
	if (r->has_sender)
		r->bad |= RECORDS_EXTRA;
	else
		r->sender = rec->text;
	r->has_sender = true;
}

static void
judge_number(struct records *r, const struct queue_record *rec, uint64_t *into)
{
	if (r->has_sender || !num_parse_u64(rec->text, UINT64_MAX, into))
		r->bad |= RECORDS_IDS;
}

static void
judge_record(struct records *r, enum queue_kind kind,
    const struct queue_record *rec, unsigned *ids)
{
	switch (rec->letter) {
	case 'F':
		judge_sender(r, rec);
		break;
	case 'u':
		judge_number(r, rec, &r->uid);
		*ids |= 1;
		break;
	case 'p':
		judge_number(r, rec, &r->qp);
		*ids |= 2;
		break;
	case 'T':
	case 'D':
		if (kind == QUEUE_INFO)
			break;
		if (is_odd_address(rec->text))
			r->bad |= RECORDS_ODD_ADDRESS;
		/* counted are the good ones in front of any damage */
		if (rec->offset < r->bad_at && rec->letter == 'T')
			r->waiting++;
		else if (rec->offset < r->bad_at)
			r->done++;
		break;
	default:
		break;
	}
}

static void
judge_letter(struct records *r, enum queue_kind kind,
    const struct queue_record *rec)
{
	if (rec->letter == 0)
		note_bad(r, RECORDS_NULS, rec->offset);
	else if (kind == QUEUE_INFO && r->has_sender)
		r->bad |= RECORDS_EXTRA;
	else if (!letter_belongs(kind, rec->letter))
		note_bad(r, RECORDS_LETTER, rec->offset);
}

static void
judge_nul_tail(struct records *r)
{
	size_t n = r->bytes.n;

	while (n > r->bad_at && r->bytes.p[n - 1] == '\0')
		n--;
	if ((r->bad & RECORDS_NULS) == 0 || n != r->bad_at)
		return;
	r->bad |= RECORDS_NUL_TAIL;
	r->nul_tail = r->bytes.n - n;
}

static int
compare_spans(const void *a, const void *b)
{
	const struct span *x = a, *y = b;
	size_t n = x->n < y->n ? x->n : y->n;
	int order = n == 0 ? 0 : memcmp(x->p, y->p, n);

	return order != 0 ? order : (x->n > y->n) - (x->n < y->n);
}

/* The recipients of a file, sorted; NULL without any or without memory. To be
 * freed. */
static struct span *
sort_recipients(const struct records *r, size_t *n)
{
	struct span *list = NULL, text;
	size_t cap = 0;
	uint64_t at = 0;
	char letter;

	*n = 0;
	while (records_next(r, &at, &letter, &text)) {
		if (letter != 'T' && letter != 'D')
			continue;
		if (*n == SORTED_MAX ||
		    !array_grow(&list, &cap, *n + 1, sizeof(list[0])))
			break;
		list[(*n)++] = text;
	}
	if (*n > 1)
		qsort(list, *n, sizeof(list[0]), compare_spans);
	return list;
}

static void
judge_doubles(struct records *r)
{
	struct span *list;
	size_t n;

	if (r->waiting + r->done < 2)
		return;
	list = sort_recipients(r, &n);
	for (size_t i = 1; i < n; i++) {
		if (span_eq(list[i - 1], list[i]))
			r->bad |= RECORDS_TWICE;
	}
	free(list);
}

static void
judge_bounce(struct records *r)
{
	struct span b = str_span(&r->bytes);

	for (size_t i = 0; i < b.n; i++) {
		unsigned char c = (unsigned char)b.p[i];

		if ((c < 32 && c != '\n' && c != '\t' && c != '\r') || c == 127)
			r->bad |= RECORDS_CONTROL;
	}
	while (r->nul_tail < b.n && b.p[b.n - 1 - r->nul_tail] == '\0')
		r->nul_tail++;
	if (b.n < 2 || b.p[b.n - 1] != '\n' || b.p[b.n - 2] != '\n')
		r->bad |= RECORDS_ENDS_BADLY;
}

static void
judge_envelope(struct records *r, enum queue_kind kind)
{
	struct span in = str_span(&r->bytes);
	struct queue_record rec;
	uint64_t offset = 0;
	unsigned ids = 0;
	enum queue_record_status status;

	while ((status = queue_record_take(&in, &offset, &rec)) ==
	       QUEUE_RECORD_OK) {
		judge_letter(r, kind, &rec);
		judge_record(r, kind, &rec, &ids);
	}
	if (status == QUEUE_RECORD_CUT)
		note_bad(r, RECORDS_CUT, offset);
	if (!is_list(kind) && !r->has_sender)
		r->bad |= RECORDS_NO_SENDER;
	if ((kind == QUEUE_TODO || kind == QUEUE_INTD) && ids != 3)
		r->bad |= RECORDS_IDS;
	judge_nul_tail(r);
	judge_doubles(r);
}

void
records_judge(struct records *r, enum queue_kind kind)
{
	r->done = r->waiting = r->nul_tail = r->uid = r->qp = 0;
	r->bad &= RECORDS_LONG;
	r->has_sender = r->has_ids = false;
	r->sender = (struct span){0};
	r->bad_at = r->bytes.n;
	if (kind == QUEUE_MESS)
		return;
	if (r->bytes.n == 0)
		r->bad |= RECORDS_EMPTY;
	if (kind == QUEUE_BOUNCE)
		judge_bounce(r);
	else
		judge_envelope(r, kind);
	r->has_ids = (r->bad & RECORDS_IDS) == 0 && !is_list(kind);
}

/* ---- reading ------------------------------------------------------------- */

/* Reads at most max bytes. A file of the size that was seen costs one read. */
static int
read_all(int fd, size_t size, size_t max, struct str *out)
{
	while (out->n < max) {
		size_t want = out->n < size ? size - out->n : 4096;
		char *p;
		ssize_t n;

		if (want > max - out->n)
			want = max - out->n;
		p = str_room(out, want);
		if (p == NULL)
			return -1;
		n = fd_read_some(fd, p, want);
		if (n <= 0)
			return (int)n;
		str_added(out, (size_t)n);
		if (out->n == size)
			return 0;
	}
	return 0;
}

static int
open_regular(int queue_dir, const char *path, uint64_t ino)
{
	int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
	int fd = openat(queue_dir, path, flags | O_NOATIME);
	struct stat st;

	/* only the owner may ask for that */
	if (fd == -1 && errno == EPERM)
		fd = openat(queue_dir, path, flags);
	if (fd == -1)
		return -1;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
	    (ino == 0 || st.st_ino == ino))
		return fd;
	fd_close(&fd);
	errno = ESTALE;
	return -1;
}

void
records_load(struct records *r, int queue_dir, const char *path,
    enum queue_kind kind, uint64_t ino, uint64_t size)
{
	/* of a body nobody needs more than the first lines */
	size_t max = kind == QUEUE_MESS ? 4096 : RECORDS_FILE_MAX;
	int fd = open_regular(queue_dir, path, ino);

	str_reset(&r->bytes);
	r->bad = 0;
	r->sys = 0;
	if (size > max)
		size = max;
	if (fd == -1 || read_all(fd, (size_t)size, max, &r->bytes) == -1)
		r->sys = errno;
	fd_close(&fd);
	if (r->bytes.n == RECORDS_FILE_MAX)
		r->bad |= RECORDS_LONG;
	records_judge(r, kind);
	if (r->sys != 0)
		r->bad = RECORDS_UNREADABLE;
}

bool
records_next(const struct records *r, uint64_t *at, char *letter,
    struct span *text)
{
	struct span in = str_span(&r->bytes);
	struct queue_record rec;

	if (*at >= r->bad_at)
		return false;
	in.p += *at;
	in.n -= (size_t)*at;
	if (queue_record_take(&in, at, &rec) != QUEUE_RECORD_OK)
		return false;
	*letter = rec.letter;
	*text = rec.text;
	return true;
}

/* ---- comparing ----------------------------------------------------------- */

static bool
has_span(const struct span *list, size_t n, struct span text)
{
	return n > 0 &&
	       bsearch(&text, list, n, sizeof(list[0]), compare_spans) != NULL;
}

/* address is in the list after what preprocessing may have done to it is
 * undone. */
static bool
is_known(const struct span *list, size_t n, struct span address)
{
	const char *at;

	if (has_span(list, n, address))
		return true;
	at = address.n == 0 ? NULL : memrchr(address.p, '@', address.n);
	if (at != NULL &&
	    has_span(list, n,
	        (struct span){address.p, (size_t)(at - address.p)}))
		return true;
	for (size_t i = 0; i < address.n; i++) {
		struct span rest = {address.p + i + 1, address.n - i - 1};

		if (address.p[i] == '-' && has_span(list, n, rest))
			return true;
	}
	return false;
}

bool
records_list_is_foreign(const struct records *list, const struct records *todo)
{
	struct span *known, text;
	bool foreign = false;
	uint64_t at = 0;
	char letter;
	size_t n;

	known = sort_recipients(todo, &n);
	while (!foreign && records_next(list, &at, &letter, &text))
		foreign = !is_known(known, n, text);
	free(known);
	return foreign;
}

void
records_free(struct records *r)
{
	str_free(&r->bytes);
	*r = (struct records){0};
}
