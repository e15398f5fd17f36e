/* SPDX-License-Identifier: ISC */
#ifndef MTA_LOCAL_LOCAL_MESSAGE_H
#define MTA_LOCAL_LOCAL_MESSAGE_H

#include <sys/types.h>

#include "base/attr.h"
#include "base/span.h"

enum { LOCAL_BLOCK = 65536 };

/* The message to deliver, read as often as needed and never loaded whole. The
 * block read last stays in memory, so a message that fits one is read once.
 * Does not move the position of the descriptor. */
struct local_message {
	int fd;
	char *block;
	size_t n;   /* bytes in block */
	off_t at;   /* offset of block in the file */
	off_t next; /* offset of the block wanted next */
	off_t end;  /* of the file; -1 until it was seen */
};

/* 0, or -1 without memory. */
NODISCARD int local_message_open(struct local_message *m, int fd);
void local_message_close(struct local_message *m); /* not the descriptor */

/* The next block is the first again. */
void local_message_rewind(struct local_message *m);

/* 1 with the next block, valid until the next call; 0 at the end; -1 with
 * errno. */
NODISCARD int local_message_next(struct local_message *m, struct span *block);

#endif
