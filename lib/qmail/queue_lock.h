/* SPDX-License-Identifier: ISC */
#ifndef QMAIL_QUEUE_LOCK_H
#define QMAIL_QUEUE_LOCK_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/attr.h"
#include "base/err.h"

/* queue/lock/sendmutex and queue/lock/trigger. Specification: queue.md sections
 * 6 and 7.3. queue_dir is a descriptor of the queue directory, or AT_FDCWD for
 * a process that works inside it. */

/* Takes the lock that the one qmail-send of a queue, and a tool that repairs
 * the queue, hold for life: exclusive flock(2), never waiting. The file must
 * exist; it is never made, written or removed. Returns a descriptor to be kept
 * open; -1 with *e, e->sys EWOULDBLOCK when somebody else holds the lock. */
NODISCARD int queue_lock_take(int queue_dir, struct err *e);

/* Tells the process that scans todo/ that something is there. Without a reader,
 * a FIFO or permission nothing happens: the message is found by the clock. */
void queue_trigger_pull(int queue_dir);

/* The reader's side. All zero is not valid: start with queue_trigger_init().
 *
 *	queue_trigger_prepare()   before each scan of todo/
 *	poll t.fd for POLLIN      between scans; -1 is ignored by poll */
struct queue_trigger {
	int fd; /* -1 while the trigger cannot be used */
	dev_t dev;
	ino_t ino;
	bool failing;
};

/* Opens nothing yet. */
void queue_trigger_init(struct queue_trigger *t);
void queue_trigger_close(struct queue_trigger *t);

enum queue_trigger_status {
	QUEUE_TRIGGER_READY,
	QUEUE_TRIGGER_FAILED,  /* *e says why; to be logged */
	QUEUE_TRIGGER_FAILING, /* still not usable; has been said before */
};

/* Opens the trigger if it is not open or if the path now names another file,
 * and takes out what was pulled so far, so that a pull during the scan that
 * follows wakes the next poll. Never blocks, and reads a bounded amount however
 * fast somebody writes. What is not a FIFO is refused: a regular file would be
 * readable for ever. Failures leave t usable: todo/ is then scanned by the
 * clock alone. */
enum queue_trigger_status queue_trigger_prepare(struct queue_trigger *t,
    int queue_dir, struct err *e);

#endif
