/* SPDX-License-Identifier: ISC */
#include "mta/send/todo_entry.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/num.h"
#include "qmail/queue_record.h"

/* An address has at most QUEUE_ADDRESS_MAX bytes when qmail-queue wrote it;
 * others were more generous. */
enum { RECORD_MAX = 65536, BUFFER_MAX = 65536 };

/* The state of one todo_entry_write(). */
struct writer {
	struct todo_entry *entry;
	struct todo_work *w;
	struct str buffer[QUEUE_KINDS]; /* not yet in the files */
	struct str record, sender;
	struct queue_record current;
	bool has_sender;
	uint64_t size, uid, pid;
};

static struct queue_path
path_of(const struct writer *t, enum queue_kind kind)
{
	return queue_path(&t->w->layout, kind, t->entry->id);
}

static bool
fail(struct writer *t, enum todo_result result, const char *text,
    enum queue_kind kind)
{
	struct queue_path path = path_of(t, kind);

	t->entry->result = result;
	todo_warn(t->w, text, path.text);
	return false;
}

static bool
fail_memory(struct writer *t)
{
	t->entry->result = TODO_HALT;
	todo_alert(t->w, "out of memory, sleeping...", "", "");
	return false;
}

/* ---- files --------------------------------------------------------------- */

static bool
remove_stale(struct writer *t, enum queue_kind kind)
{
	struct queue_path path = path_of(t, kind);

	t->entry->dirty[kind] = true;
	if (unlinkat(t->w->queue, path.text, 0) == 0 || errno == ENOENT)
		return true;
	return fail(t, todo_result_from(errno), "unable to unlink ", kind);
}

/* Made with O_EXCL, so that only a file that is really in the way costs an
 * unlink. */
static bool
create(struct writer *t, enum queue_kind kind)
{
	enum { FLAGS = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC };
	struct queue_path path = path_of(t, kind);
	int fd = openat(t->w->queue, path.text, FLAGS, 0600);

	if (fd == -1 && errno == EEXIST) {
		if (!remove_stale(t, kind))
			return false;
		fd = openat(t->w->queue, path.text, FLAGS, 0600);
	}
	if (fd == -1)
		return fail(t, todo_result_from(errno), "unable to create ",
		    kind);
	t->entry->fd[kind] = fd;
	t->entry->made[kind] = t->entry->dirty[kind] = true;
	return true;
}

/* A file that this message does not get must not be there either: recipients
 * or failure texts of an earlier message would become its own. Nothing but a
 * look can tell: who restores or crashes leaves no trace elsewhere. */
static bool
keep_absent(struct writer *t, enum queue_kind kind)
{
	struct queue_path path = path_of(t, kind);
	struct stat st;

	if (fstatat(t->w->queue, path.text, &st, AT_SYMLINK_NOFOLLOW) == -1 &&
	    errno == ENOENT)
		return true;
	return remove_stale(t, kind);
}

static bool
flush(struct writer *t, enum queue_kind kind)
{
	struct str *buffer = &t->buffer[kind];

	if (!str_ok(buffer))
		return fail_memory(t);
	if (buffer->n == 0)
		return true;
	if (t->entry->fd[kind] == -1 && !create(t, kind))
		return false;
	if (fd_write_full(t->entry->fd[kind], buffer->p, buffer->n) == -1)
		return fail(t, todo_result_from(errno), "trouble writing to ",
		    kind);
	t->entry->bytes += buffer->n;
	str_reset(buffer);
	return true;
}

/* ---- records ------------------------------------------------------------- */

static bool
put_recipient(struct writer *t, struct span recipient)
{
	enum queue_kind kind;

	str_reset(&t->record);
	str_putc(&t->record, 'T');
	kind = route_put(t->w->route, recipient, &t->record) == ROUTE_LOCAL
	           ? QUEUE_LOCAL
	           : QUEUE_REMOTE;
	str_putc(&t->record, '\0');
	if (!str_ok(&t->record))
		return fail_memory(t);
	str_put(&t->buffer[kind], str_span(&t->record));
	return t->buffer[kind].n < BUFFER_MAX ? true : flush(t, kind);
}

static bool
put_sender(struct writer *t, struct span sender)
{
	if (t->has_sender)
		return fail(t, TODO_DAMAGED, "trouble reading ", QUEUE_TODO);
	t->has_sender = true;
	str_put(&t->sender, sender);
	queue_record_put(&t->buffer[QUEUE_INFO], 'F', sender);
	return true;
}

/* For the log only: what is no number counts as 0. */
static uint64_t
number_or_zero(struct span text)
{
	uint64_t value;

	return num_parse_u64(text, UINT64_MAX, &value) ? value : 0;
}

static bool
put_record(struct writer *t)
{
	switch (t->current.letter) {
	case 'u':
		t->uid = number_or_zero(t->current.text);
		return true;
	case 'p':
		t->pid = number_or_zero(t->current.text);
		return true;
	case 'F':
		return put_sender(t, t->current.text);
	case 'T':
		return put_recipient(t, t->current.text);
	default:
		return fail(t, TODO_DAMAGED, "unknown record type in ",
		    QUEUE_TODO);
	}
}

static bool
copy_records(struct writer *t, struct queue_reader *in)
{
	for (;;) {
		switch (queue_reader_next(in, &t->current)) {
		case QUEUE_RECORD_OK:
			if (!put_record(t))
				return false;
			continue;
		case QUEUE_RECORD_END:
			if (t->has_sender)
				return true;
			break;
		case QUEUE_RECORD_CUT:
		case QUEUE_RECORD_LONG:
			break;
		case QUEUE_RECORD_ERROR:
			if (errno == ENOMEM)
				return fail_memory(t);
			return fail(t, TODO_TROUBLE, "trouble reading ",
			    QUEUE_TODO);
		}
		return fail(t, TODO_DAMAGED, "trouble reading ", QUEUE_TODO);
	}
}

static bool
read_todo(struct writer *t, int fd)
{
	struct queue_reader in;
	bool ok;

	if (queue_reader_open(&in, fd, RECORD_MAX) == -1)
		return fail_memory(t);
	ok = copy_records(t, &in);
	queue_reader_close(&in);
	return ok;
}

/* ---- the entry ----------------------------------------------------------- */

static void
log_new(struct writer *t)
{
	struct log_record r = {.kind = LOG_NEW, .message = t->entry->id};

	t->w->host.log(t->w->host.self, &r);
}

static bool
log_info(struct writer *t)
{
	struct log_record r = {.kind = LOG_INFO,
	    .message = t->entry->id,
	    .bytes = t->size,
	    .qp = t->pid,
	    .uid = t->uid,
	    .text = str_span(&t->sender)};

	if (!str_ok(&t->sender))
		return fail_memory(t);
	t->w->host.log(t->w->host.self, &r);
	return true;
}

static bool
find_size(struct writer *t)
{
	struct queue_path path = path_of(t, QUEUE_MESS);
	struct stat st;

	if (fstatat(t->w->queue, path.text, &st, AT_SYMLINK_NOFOLLOW) == -1)
		return fail(t, errno == ENOENT ? TODO_DAMAGED : TODO_TROUBLE,
		    "unable to stat ", QUEUE_MESS);
	t->size = (uint64_t)st.st_size; /* never negative */
	return true;
}

static bool
write_files(struct writer *t, int fd)
{
	static const enum queue_kind kinds[] = {QUEUE_INFO, QUEUE_LOCAL,
	    QUEUE_REMOTE};

	if (!find_size(t) || !create(t, QUEUE_INFO))
		return false;
	log_new(t);
	if (!read_todo(t, fd) || !log_info(t))
		return false;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (!flush(t, kinds[i]))
			return false;
		if (!t->entry->made[kinds[i]] && !keep_absent(t, kinds[i]))
			return false;
	}
	return keep_absent(t, QUEUE_BOUNCE);
}

/* Non-blocking: a FIFO of that name would otherwise stop us. */
static int
open_todo(struct writer *t)
{
	struct queue_path path = path_of(t, QUEUE_TODO);
	int fd = openat(t->w->queue, path.text,
	    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (fd == -1 && errno == ENOENT)
		t->entry->result = TODO_GONE;
	else if (fd == -1)
		(void)fail(t,
		    errno == EMFILE || errno == ENFILE || errno == ENOMEM
		        ? TODO_HALT
		        : TODO_TROUBLE,
		    "unable to open ", QUEUE_TODO);
	return fd;
}

void
todo_entry_write(struct todo_entry *entry, struct todo_work *w, uint64_t id)
{
	struct writer t = {.entry = entry, .w = w};
	int fd;

	*entry = (struct todo_entry){.id = id, .result = TODO_READY};
	for (int kind = 0; kind < QUEUE_KINDS; kind++)
		entry->fd[kind] = -1;
	fd = open_todo(&t);
	if (fd == -1)
		return;
	if (!write_files(&t, fd))
		todo_entry_undo(entry, w);
	fd_close(&fd);
	for (int kind = 0; kind < QUEUE_KINDS; kind++)
		str_free(&t.buffer[kind]);
	str_free(&t.record);
	str_free(&t.sender);
}

void
todo_entry_close(struct todo_entry *entry)
{
	for (int kind = 0; kind < QUEUE_KINDS; kind++)
		fd_close(&entry->fd[kind]);
}

void
todo_entry_undo(struct todo_entry *entry, struct todo_work *w)
{
	todo_entry_close(entry);
	for (int kind = 0; kind < QUEUE_KINDS; kind++) {
		struct queue_path path =
		    queue_path(&w->layout, (enum queue_kind)kind, entry->id);

		/* what cannot be removed is stale for the next attempt */
		if (entry->made[kind])
			(void)unlinkat(w->queue, path.text, 0);
		entry->made[kind] = false;
	}
}
