/* SPDX-License-Identifier: ISC */
#include "mta/send/send_files.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "qmail/queue_record.h"

enum { READ_BYTES = 4096 };

static int
open_regular(int queue, const char *path, int flags, struct stat *st)
{
	int fd = openat(queue, path,
	    flags | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	if (fd == -1)
		return -1;
	if (fstat(fd, st) == -1) {
		fd_close(&fd);
	} else if (!S_ISREG(st->st_mode)) {
		fd_close(&fd);
		errno = EINVAL;
	}
	return fd;
}

int
send_file_open(int queue, const char *path, int flags)
{
	struct stat st;

	return open_regular(queue, path, flags, &st);
}

static enum send_file_status
read_sender(int fd, off_t size, struct str *sender)
{
	char buf[SEND_RECORD_MAX / 4];
	uint64_t offset = 0;
	struct queue_record r;
	struct span in;
	/* exactly the file: no read that only finds its end */
	size_t want = size < (off_t)sizeof(buf) ? (size_t)size : sizeof(buf);
	ssize_t n = fd_read_full(fd, buf, want);

	if (n == -1)
		return SEND_FILE_ERROR;
	in = (struct span){buf, (size_t)n};
	if (queue_record_take(&in, &offset, &r) != QUEUE_RECORD_OK ||
	    r.letter != 'F')
		return SEND_FILE_BAD;
	str_put(sender, r.text);
	if (str_ok(sender))
		return SEND_FILE_OK;
	errno = ENOMEM;
	return SEND_FILE_ERROR;
}

enum send_file_status
send_info_load(int queue, const char *path, struct str *sender, int64_t *birth)
{
	enum send_file_status status;
	struct stat st;
	int fd = open_regular(queue, path, O_RDONLY, &st);

	*birth = 0;
	if (fd == -1)
		return errno == ENOENT ? SEND_FILE_MISSING : SEND_FILE_ERROR;
	*birth = st.st_mtime;
	status = read_sender(fd, st.st_size, sender);
	fd_close(&fd);
	return status;
}

/* More bytes behind the ones that are not consumed yet. 0 or -1 with errno. */
static int
fill(struct send_pass *p)
{
	size_t left = p->buf.n - p->at;
	char *room;
	ssize_t n;

	if (p->at > 0 && left > 0)
		memmove(p->buf.p, p->buf.p + p->at, left);
	str_cut(&p->buf, left);
	p->at = 0;
	room = str_room(&p->buf, READ_BYTES);
	if (room == NULL) {
		p->buf.failed = false;
		errno = ENOMEM;
		return -1;
	}
	n = fd_read_at(p->fd, room, READ_BYTES, (off_t)(p->offset + left));
	if (n == -1)
		return -1;
	str_added(&p->buf, (size_t)n);
	/* only we write to the file, and never to its end */
	p->at_end = n < READ_BYTES;
	return 0;
}

static enum send_pass_status
status_by_letter(char letter)
{
	if (letter == 'T')
		return SEND_PASS_TODO;
	return letter == 'D' ? SEND_PASS_DONE : SEND_PASS_UNKNOWN;
}

enum send_pass_status
send_pass_peek(struct send_pass *p, struct span *text)
{
	for (;;) {
		struct span in = span_from(str_span(&p->buf), p->at);
		uint64_t offset = p->offset;
		struct queue_record r;

		if (queue_record_take(&in, &offset, &r) == QUEUE_RECORD_OK) {
			*text = r.text;
			return status_by_letter(r.letter);
		}
		if (p->at_end && p->at == p->buf.n && p->offset > 0)
			return SEND_PASS_END;
		if (p->at_end || p->buf.n - p->at >= SEND_RECORD_MAX)
			return SEND_PASS_DAMAGED;
		if (fill(p) == -1)
			return SEND_PASS_ERROR;
	}
}

void
send_pass_skip(struct send_pass *p, struct span text)
{
	p->at += text.n + 2; /* letter and NUL */
	p->offset += text.n + 2;
}

bool
send_pass_is_over(const struct send_pass *p)
{
	return p->at_end && p->at == p->buf.n && p->offset > 0;
}

void
send_pass_end(struct send_pass *p)
{
	str_free(&p->buf);
	p->at = 0;
}

int
send_file_mark(int fd, uint64_t offset)
{
	ssize_t n;

	do {
		n = pwrite(fd, "D", 1, (off_t)offset);
	} while (n == -1 && errno == EINTR);
	return n == 1 ? 0 : -1;
}
