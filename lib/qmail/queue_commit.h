/* SPDX-License-Identifier: ISC */
#ifndef QMAIL_QUEUE_COMMIT_H
#define QMAIL_QUEUE_COMMIT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/attr.h"
#include "qmail/queue_exit.h"
#include "qmail/queue_path.h"

/* A new message on its way to todo/: the order of writes, syncs and links that
 * makes "accepted" mean "on disk" (queue.md section 8.3), one function a step.
 *
 *	queue_commit_create()    mess/S/ID exists; its inode number is ID
 *	    the caller writes Received line and message to mess_fd
 *	queue_commit_envelope()  intd/ID exists
 *	    the caller writes the records of the envelope to intd_fd
 *	queue_commit_sync()      both files and the name in mess/ are on disk
 *	queue_commit_accept()    todo/ID exists and is on disk: our promise
 *	queue_commit_cancel()    instead of going on, after any failure
 *
 * Each step returns QUEUE_EXIT_OK or the status qmail-queue ends with; errno
 * says more. Descriptors are left to the end of the process unless
 * queue_commit_close() is called. */
struct queue_commit {
	int queue_dir; /* of the queue directory, or AT_FDCWD */
	const struct queue_layout *layout;
	uint64_t id;
	int mess_fd, intd_fd;         /* -1 until the files exist */
	int mess_dir_fd, todo_dir_fd; /* for their syncs */
	/* todo/ID was linked: whatever fails now, the message stays queued */
	bool accepted;
};

/* layout must stay where it is until the close. Closing removes nothing. */
void queue_commit_init(struct queue_commit *c, int queue_dir,
    const struct queue_layout *layout);
void queue_commit_close(struct queue_commit *c);

/* pid and now make the name in pid/, which no other submission may use. Fails
 * with QUEUE_EXIT_PID or QUEUE_EXIT_MESS and leaves nothing. */
NODISCARD enum queue_exit queue_commit_create(struct queue_commit *c, pid_t pid,
    int64_t now);

/* QUEUE_EXIT_OK, or why intd/ID could not be made. */
NODISCARD enum queue_exit queue_commit_envelope(struct queue_commit *c);
NODISCARD enum queue_exit queue_commit_sync(struct queue_commit *c);

/* When only the last sync fails, the status is QUEUE_EXIT_TODO, and the message
 * may be delivered already: nothing is taken back. */
NODISCARD enum queue_exit queue_commit_accept(struct queue_commit *c);

/* Removes intd/ID, then mess/S/ID, unless the message was accepted. If intd
 * cannot be removed mess stays, so that both are collected as garbage later. */
void queue_commit_cancel(struct queue_commit *c);

#endif
