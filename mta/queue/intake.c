/* SPDX-License-Identifier: ISC */
#include "mta/queue/intake.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/str.h"
#include "qmail/envelope.h"
#include "qmail/ids.h"
#include "qmail/queue_commit.h"
#include "qmail/queue_lock.h"
#include "qmail/queue_path.h"
#include "qmail/queue_record.h"
#include "qmail/received.h"

/* A builder that writes into the work buffer; what we put there is far smaller
 * and never makes it grow. */
static struct str
over_buffer(const struct intake *in)
{
	return (struct str){.p = in->buf, .cap = INTAKE_BUFFER};
}

/* In a one-user instance every role has the uid of its owner, so the number
 * tells nothing about the role and is given as it is. */
static enum received_how
find_how(const struct intake *in)
{
	static const enum ids_user roles[] = {IDS_QMAILD, IDS_ALIAS,
	    IDS_QMAILS};
	enum ids_user found;

	if (in->site->one_user || in->uid == 0 ||
	    !ids_match_user(in->site, in->uid, roles,
	        sizeof(roles) / sizeof(roles[0]), &found))
		return RECEIVED_BY_UID;
	if (found == IDS_QMAILD)
		return RECEIVED_FROM_NETWORK;
	return found == IDS_ALIAS ? RECEIVED_BY_ALIAS : RECEIVED_FOR_BOUNCE;
}

static size_t
put_received(const struct intake *in)
{
	struct received r = {
	    .pid = (uint64_t)in->pid,
	    .how = find_how(in),
	    .uid = in->uid,
	    .time = in->now,
	};
	struct str line = over_buffer(in);

	received_put(&line, &r);
	return line.n;
}

/* One write for a message that fits the buffer. */
static enum queue_exit
copy_message(const struct intake *in, int to)
{
	size_t n = put_received(in), room;

	do {
		ssize_t got;

		room = INTAKE_BUFFER - n;
		got = fd_read_full(INTAKE_MESSAGE_FD, in->buf + n, room);
		if (got == -1)
			return QUEUE_EXIT_READ;
		if (fd_write_full(to, in->buf, n + (size_t)got) == -1)
			return QUEUE_EXIT_WRITE;
		room -= (size_t)got;
		n = 0;
	} while (room == 0);
	return QUEUE_EXIT_OK;
}

static void
put_decimal_record(struct str *out, char letter, uint64_t value)
{
	str_putc(out, letter);
	str_put_u64(out, value);
	str_putc(out, '\0');
}

static size_t
put_caller(const struct intake *in)
{
	struct str records = over_buffer(in);

	put_decimal_record(&records, 'u', in->uid);
	put_decimal_record(&records, 'p', (uint64_t)in->pid);
	return records.n;
}

/* The records of the envelope are stored as they come. */
static enum queue_exit
copy_envelope(const struct intake *in, int to)
{
	enum envelope_status status = ENVELOPE_MORE;
	struct envelope env = {0};
	size_t n = put_caller(in);

	while (status == ENVELOPE_MORE) {
		size_t used;
		ssize_t got = fd_read_some(INTAKE_ENVELOPE_FD, in->buf + n,
		    INTAKE_BUFFER - n);

		if (got <= 0)
			return QUEUE_EXIT_READ;
		status = envelope_feed(&env,
		    (struct span){in->buf + n, (size_t)got}, &used);
		if (status == ENVELOPE_BAD)
			return QUEUE_EXIT_ENVELOPE;
		if (status == ENVELOPE_LONG)
			return QUEUE_EXIT_LONG_ADDRESS;
		n += used;
		if (n < INTAKE_BUFFER && status == ENVELOPE_MORE)
			continue;
		if (fd_write_full(to, in->buf, n) == -1)
			return QUEUE_EXIT_WRITE;
		n = 0;
	}
	return QUEUE_EXIT_OK;
}

/* Both inputs are read to their ends before anything is synced, so that the
 * syncs follow each other and share the journal's work. */
static enum queue_exit
fill(const struct intake *in, struct queue_commit *c)
{
	enum queue_exit status = copy_message(in, c->mess_fd);

	if (status == QUEUE_EXIT_OK)
		status = queue_commit_envelope(c);
	if (status == QUEUE_EXIT_OK)
		status = copy_envelope(in, c->intd_fd);
	if (status == QUEUE_EXIT_OK)
		status = queue_commit_sync(c);
	if (status == QUEUE_EXIT_OK)
		status = queue_commit_accept(c);
	return status;
}

/* The number of the first descriptor tells, without a system call, whether the
 * caller left one of the three standard ones closed: then it would stand for
 * our file. */
static enum queue_exit
create(const struct intake *in, struct queue_commit *c)
{
	enum queue_exit status = queue_commit_create(c, in->pid, in->now);

	if (status != QUEUE_EXIT_OK || c->mess_fd > STDERR_FILENO)
		return status;
	if (c->mess_fd != STDERR_FILENO)
		return QUEUE_EXIT_READ;
	queue_commit_cancel(c);
	queue_commit_close(c);
	if (fd_ensure_standard() == -1)
		return QUEUE_EXIT_PID;
	return queue_commit_create(c, in->pid, in->now);
}

enum queue_exit
intake_run(const struct intake *in)
{
	struct queue_layout layout;
	struct queue_commit c;
	enum queue_exit status;

	if (queue_layout_detect(AT_FDCWD, &layout, NULL) == -1)
		return QUEUE_EXIT_MESS;
	queue_commit_init(&c, AT_FDCWD, &layout);
	status = create(in, &c);
	if (status == QUEUE_EXIT_OK)
		status = fill(in, &c);
	if (status == QUEUE_EXIT_OK)
		queue_trigger_pull(AT_FDCWD);
	else
		queue_commit_cancel(&c);
	return status;
}
