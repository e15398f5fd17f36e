/* SPDX-License-Identifier: ISC */
#ifndef QMAIL_QUEUE_MESSAGE_H
#define QMAIL_QUEUE_MESSAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/span.h"
#include "base/str.h"
#include "qmail/queue_dirs.h"
#include "qmail/queue_record.h"

/* The envelope of one queued message, read for people and tools: whatever the
 * files hold, all that can be understood is delivered and what is wrong is
 * noted. Files may vanish at any moment. Symbolic links are not followed, FIFOs
 * not waited for. Specification: queue.md sections 2 and 10.
 *
 *	queue_message_init(&m, &dirs);
 *	for each message {
 *		if (queue_message_open(&m, id, bits, regular, &e) == -1) ...
 *		while (queue_message_next(&m, &r)) ...
 *	}
 *	queue_message_free(&m);
 */

/* What may be wrong with one file (qfixq.md section 3.4). */
enum {
	QUEUE_BAD_EMPTY = 1 << 0,  /* no bytes; todo may be legal without T */
	QUEUE_BAD_CUT = 1 << 1,    /* the last record has no NUL */
	QUEUE_BAD_LETTER = 1 << 2, /* a record that does not belong there */
	QUEUE_BAD_NULS = 1 << 3, /* an empty record: a NUL where a letter is */
	QUEUE_BAD_LONG = 1 << 4, /* over the limit; not read any further */
	QUEUE_BAD_SENDER = 1 << 5,   /* info, todo: no F record */
	QUEUE_BAD_EXTRA = 1 << 6,    /* info, todo: a second F record */
	QUEUE_BAD_IDS = 1 << 7,      /* todo: u or p missing or no number */
	QUEUE_BAD_TYPE = 1 << 8,     /* not a regular file; not read */
	QUEUE_BAD_READ = 1 << 9,     /* cannot be opened or read: see sys */
	QUEUE_HAS_VARIANT = 1 << 10, /* e and h records of other qmails */
};

/* Bytes of one record. Addresses in the lists may be longer than
 * QUEUE_ADDRESS_MAX by the prefixes of virtual domains. */
enum { QUEUE_MESSAGE_RECORD_MAX = 65536 };

struct queue_file {
	unsigned bad;
	int sys;         /* errno with QUEUE_BAD_READ */
	uint64_t bad_at; /* offset of the first bad record */
	int64_t mtime;   /* lists: time of the next attempt; if asked for */
	uint64_t done, waiting; /* D and T records seen */
};

struct queue_recipient {
	enum queue_kind kind; /* QUEUE_TODO, QUEUE_LOCAL or QUEUE_REMOTE */
	bool done;
	struct span address; /* until the next call */
	uint64_t offset;     /* of its record */
};

struct queue_message {
	/* to be set by the caller, who may change it between messages */
	bool want_times; /* fill in mtime of the lists, one call each */

	uint64_t id;
	unsigned bits;     /* files asked for and not found gone */
	bool preprocessed; /* read from info; else from todo */
	uint64_t size;     /* bytes of mess */
	int64_t birth;     /* mtime of info, or of mess before there is one */
	struct str sender; /* empty also when QUEUE_BAD_SENDER */
	uint64_t uid, qp;  /* of todo */
	struct queue_file file[QUEUE_KINDS];

	/* private */
	struct queue_dirs *dirs;
	struct queue_reader reader;
	struct fd_batch read_files;
	unsigned regular;
	unsigned pending; /* files still to be read for recipients */
	int fd;           /* being read; -1 */
	enum queue_kind kind;
	bool has_sender, has_uid, has_qp;
	bool held; /* record is a recipient met while looking for the sender */
	struct queue_record record;
};

/* Borrows dirs. 0, or -1 without memory. */
NODISCARD int queue_message_init(struct queue_message *m,
    struct queue_dirs *dirs, struct err *e);
void queue_message_free(struct queue_message *m);

/* Begins with another message. bits: the files it has (QUEUE_BIT); with todo
 * among them it is read from there, else from info, local and remote. regular:
 * those of bits known to be regular files from a directory, which saves asking;
 * 0 is always right. -1 with *e when mess or the file with the sender is
 * gone or unreadable; e->sys is ENOENT when gone. */
NODISCARD int queue_message_open(struct queue_message *m, uint64_t id,
    unsigned bits, unsigned regular, struct err *e);

/* True with the next recipient: those of todo, or local's, then remote's. What
 * is wrong with the files is known after the last. */
NODISCARD bool queue_message_next(struct queue_message *m,
    struct queue_recipient *r);

/* A few words on the bits of queue_file.bad, the gravest first; NULL when there
 * is nothing wrong. */
const char *queue_file_trouble(unsigned bad);

#endif
