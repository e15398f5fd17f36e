/* SPDX-License-Identifier: ISC */
#include "qmail/queue_message.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/num.h"
#include "qmail/queue_state.h"

enum { NAME_MAX_BYTES = 24 };

int
queue_message_init(struct queue_message *m, struct queue_dirs *dirs,
    struct err *e)
{
	*m = (struct queue_message){.dirs = dirs, .fd = -1};
	if (queue_reader_open(&m->reader, -1, QUEUE_MESSAGE_RECORD_MAX) == -1)
		return err_sys(e, "read", "the queue");
	return 0;
}

static void
end_file(struct queue_message *m)
{
	if (m->fd != -1)
		fd_batch_add(&m->read_files, m->fd);
	m->fd = -1;
}

void
queue_message_free(struct queue_message *m)
{
	end_file(m);
	fd_batch_close(&m->read_files);
	queue_reader_close(&m->reader);
	str_free(&m->sender);
	*m = (struct queue_message){.fd = -1};
}

/* ---- one file ------------------------------------------------------------ */

static void
note_bad(struct queue_message *m, unsigned bad, uint64_t at)
{
	struct queue_file *f = &m->file[m->kind];

	if ((f->bad & ~(unsigned)QUEUE_HAS_VARIANT) == 0)
		f->bad_at = at;
	f->bad |= bad;
}

/* -1 with *e and the file's record of what went wrong. */
static int
cannot_read(struct queue_message *m, const char *verb, struct err *e)
{
	struct queue_path path = queue_path(m->dirs->layout, m->kind, m->id);

	m->file[m->kind].sys = errno;
	if (errno == ENOENT)
		m->bits &= ~QUEUE_BIT(m->kind);
	else
		note_bad(m, QUEUE_BAD_READ, 0);
	return err_sys(e, verb, path.text);
}

static int
open_careful(struct queue_message *m, int dir, const char *name)
{
	int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
	int fd = openat(dir, name, flags);

	if (fd == -1 && errno == EMFILE && m->read_files.n > 0) {
		fd_batch_close(&m->read_files);
		fd = openat(dir, name, flags);
	}
	return fd;
}

/* Opens the file of m->kind for the reader. st may be NULL; it is filled
 * unless the file is known to be regular and nobody wants its times. */
static int
open_file(struct queue_message *m, struct stat *st, struct err *e)
{
	char name[NAME_MAX_BYTES];
	struct stat own;
	int dir;

	(void)snprintf(name, sizeof(name), "%" PRIu64, m->id);
	dir = queue_dirs_get(m->dirs, m->kind, m->id, NULL);
	if (dir == -1)
		return cannot_read(m, "open", e);
	m->fd = open_careful(m, dir, name);
	if (m->fd == -1)
		return cannot_read(m, "open", e);
	queue_reader_reopen(&m->reader, m->fd);
	if (st == NULL && !m->want_times &&
	    (m->regular & QUEUE_BIT(m->kind)) != 0)
		return 0;
	if (st == NULL)
		st = &own;
	if (fstat(m->fd, st) == -1)
		return cannot_read(m, "examine", e);
	m->file[m->kind].mtime = st->st_mtim.tv_sec;
	if (!S_ISREG(st->st_mode)) {
		note_bad(m, QUEUE_BAD_TYPE, 0);
		return err_set(e, ERR_FORMAT, "%s/%s is not a regular file",
		    queue_kind_name(m->kind), name);
	}
	return 0;
}

/* False at the end of the file, whatever ended it. */
static bool
next_record(struct queue_message *m)
{
	switch (queue_reader_next(&m->reader, &m->record)) {
	case QUEUE_RECORD_OK:
		return true;
	case QUEUE_RECORD_END:
		if (m->reader.offset == 0)
			note_bad(m, QUEUE_BAD_EMPTY, 0);
		return false;
	case QUEUE_RECORD_CUT:
		note_bad(m, QUEUE_BAD_CUT, m->reader.offset);
		return false;
	case QUEUE_RECORD_LONG:
		note_bad(m, QUEUE_BAD_LONG, m->reader.offset);
		return false;
	case QUEUE_RECORD_ERROR:
		break;
	}
	(void)cannot_read(m, "read", NULL);
	return false;
}

/* ---- what records mean --------------------------------------------------- */

static void
take_sender(struct queue_message *m)
{
	if (m->has_sender) {
		note_bad(m, QUEUE_BAD_EXTRA, m->record.offset);
		return;
	}
	m->has_sender = true;
	str_put(&m->sender, m->record.text);
}

static void
take_number(struct queue_message *m, bool *has, uint64_t *number)
{
	if (*has || !num_parse_u64(m->record.text, INT64_MAX, number))
		note_bad(m, QUEUE_BAD_IDS, m->record.offset);
	*has = true;
}

static void
note_stranger(struct queue_message *m)
{
	bool variant = m->kind == QUEUE_TODO || m->kind == QUEUE_INFO;

	if (m->record.letter == '\0')
		note_bad(m, QUEUE_BAD_NULS, m->record.offset);
	else if (variant &&
	         (m->record.letter == 'e' || m->record.letter == 'h'))
		m->file[m->kind].bad |= QUEUE_HAS_VARIANT;
	else
		note_bad(m, QUEUE_BAD_LETTER, m->record.offset);
}

static bool
is_recipient(const struct queue_message *m)
{
	if (m->kind == QUEUE_INFO)
		return false;
	return m->record.letter == 'T' ||
	       (m->record.letter == 'D' && m->kind != QUEUE_TODO);
}

/* Every record that is no recipient. */
static void
take_other(struct queue_message *m)
{
	bool todo = m->kind == QUEUE_TODO;

	if (m->record.letter == 'F' && (todo || m->kind == QUEUE_INFO))
		take_sender(m);
	else if (m->record.letter == 'u' && todo)
		take_number(m, &m->has_uid, &m->uid);
	else if (m->record.letter == 'p' && todo)
		take_number(m, &m->has_qp, &m->qp);
	else
		note_stranger(m);
}

/* True with a recipient in m->record; false at the end of the file. */
static bool
next_recipient(struct queue_message *m)
{
	while (next_record(m)) {
		if (is_recipient(m))
			return true;
		take_other(m);
	}
	if (m->kind == QUEUE_TODO || m->kind == QUEUE_INFO) {
		if (!m->has_sender)
			note_bad(m, QUEUE_BAD_SENDER, 0);
	}
	if (m->kind == QUEUE_TODO && (!m->has_uid || !m->has_qp))
		note_bad(m, QUEUE_BAD_IDS, 0);
	end_file(m);
	return false;
}

/* ---- a message ----------------------------------------------------------- */

static int
look_at_body(struct queue_message *m, struct err *e)
{
	char name[NAME_MAX_BYTES];
	struct stat st;
	int dir;

	m->kind = QUEUE_MESS;
	(void)snprintf(name, sizeof(name), "%" PRIu64, m->id);
	dir = queue_dirs_get(m->dirs, QUEUE_MESS, m->id, NULL);
	if (dir == -1 || fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == -1)
		return cannot_read(m, "examine", e);
	if (!S_ISREG(st.st_mode))
		note_bad(m, QUEUE_BAD_TYPE, 0);
	m->size = (uint64_t)st.st_size;
	m->birth = st.st_mtim.tv_sec;
	return 0;
}

static void
start(struct queue_message *m, uint64_t id, unsigned bits, unsigned regular)
{
	end_file(m);
	m->id = id;
	m->bits = bits;
	m->regular = regular;
	m->preprocessed = (bits & QUEUE_BIT(QUEUE_TODO)) == 0;
	m->size = m->uid = m->qp = 0;
	m->birth = 0;
	str_reset(&m->sender);
	for (size_t i = 0; i < QUEUE_KINDS; i++)
		m->file[i] = (struct queue_file){0};
	m->pending =
	    m->preprocessed
	        ? bits & (QUEUE_BIT(QUEUE_LOCAL) | QUEUE_BIT(QUEUE_REMOTE))
	        : 0;
	m->has_sender = m->has_uid = m->has_qp = m->held = false;
}

int
queue_message_open(struct queue_message *m, uint64_t id, unsigned bits,
    unsigned regular, struct err *e)
{
	struct stat st;

	start(m, id, bits, regular);
	if (look_at_body(m, e) == -1)
		return -1;
	m->kind = m->preprocessed ? QUEUE_INFO : QUEUE_TODO;
	if (open_file(m, &st, e) == -1) {
		end_file(m);
		return -1;
	}
	if (m->preprocessed)
		m->birth = st.st_mtim.tv_sec;
	/* up to the first recipient, which stands behind the sender unless
	 * somebody wrote the file by hand */
	m->held = next_recipient(m);
	if (str_ok(&m->sender))
		return 0;
	errno = ENOMEM;
	return err_sys(e, "read", "a sender");
}

/* Opens the next list; false when there is none left. */
static bool
open_list(struct queue_message *m)
{
	static const enum queue_kind lists[] = {QUEUE_LOCAL, QUEUE_REMOTE};

	for (size_t i = 0; i < 2; i++) {
		if ((m->pending & QUEUE_BIT(lists[i])) == 0)
			continue;
		m->pending &= ~QUEUE_BIT(lists[i]);
		m->kind = lists[i];
		if (open_file(m, NULL, NULL) == 0)
			return true;
		end_file(m);
	}
	return false;
}

bool
queue_message_next(struct queue_message *m, struct queue_recipient *r)
{
	while (!m->held) {
		if (m->fd == -1 && !open_list(m))
			return false;
		m->held = next_recipient(m);
	}
	m->held = false;
	*r = (struct queue_recipient){
	    .kind = m->kind,
	    .done = m->record.letter == 'D',
	    .address = m->record.text,
	    .offset = m->record.offset,
	};
	if (r->done)
		m->file[m->kind].done++;
	else
		m->file[m->kind].waiting++;
	return true;
}

const char *
queue_file_trouble(unsigned bad)
{
	static const struct {
		unsigned bit;
		const char *text;
	} texts[] = {
	    {QUEUE_BAD_READ, "cannot be read"},
	    {QUEUE_BAD_TYPE, "is not a regular file"},
	    {QUEUE_BAD_CUT, "ends inside a record"},
	    {QUEUE_BAD_EMPTY, "is empty"},
	    {QUEUE_BAD_SENDER, "names no sender"},
	    {QUEUE_BAD_NULS, "holds an empty record"},
	    {QUEUE_BAD_LETTER, "holds an unknown record"},
	    {QUEUE_BAD_LONG, "holds a record that is too long"},
	    {QUEUE_BAD_EXTRA, "names more than one sender"},
	    {QUEUE_BAD_IDS, "lacks uid or process number"},
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if ((bad & texts[i].bit) != 0)
			return texts[i].text;
	}
	return NULL;
}
