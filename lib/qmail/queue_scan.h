/* SPDX-License-Identifier: ISC */
#ifndef QMAIL_QUEUE_SCAN_H
#define QMAIL_QUEUE_SCAN_H

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "qmail/queue_path.h"
#include "qmail/queue_state.h"

/* A picture of a queue that may be live: which files each message has.
 * Specification: queue.md section 10. 32 bytes of memory per message, its
 * share of the index included. */

struct queue_item {
	uint64_t id;
	uint64_t ino;            /* of mess/S/ID; 0 without one */
	unsigned char bits;      /* QUEUE_BIT of every file in its place */
	unsigned char odd;       /* those of bits that are no regular files */
	unsigned char misplaced; /* in a subdirectory where nobody looks */
};

struct queue_scan {
	/* in the order they were found: the trees in the order below, in a
	 * tree the subdirectories ascending, in these as the system lists */
	struct queue_item *item;
	size_t n, cap;
	uint32_t *slot; /* open addressing: 0 or index + 1 */
	size_t slots;   /* a power of two */

	uint64_t count[QUEUE_KINDS];   /* message files, misplaced included */
	uint64_t foreign[QUEUE_KINDS]; /* other things that lie there */
	/* Of all "ID - subdirectory" of a split tree the common divisor: what
	 * the files themselves say about the split; 0 without files. */
	uint64_t divisor[QUEUE_KINDS];
	unsigned unreadable; /* QUEUE_BIT of trees not seen in full */
	/* the first directory of them, and why */
	struct queue_path trouble_dir;
	struct err trouble;
};

/* Reads the trees in kinds (a set of QUEUE_BIT) in the order todo, info, local,
 * remote, mess, intd, bounce, which a message in motion cannot cross unseen,
 * and looks once more at messages that seem broken if all trees are asked for.
 * Trees that cannot be read are recorded. 0; -1 without memory, with nothing
 * to free. */
NODISCARD int queue_scan_load(struct queue_scan *s, int queue_dir,
    const struct queue_layout *layout, unsigned kinds, struct err *e);
void queue_scan_free(struct queue_scan *s);

/* NULL when nothing of this message was seen. */
struct queue_item *queue_scan_find(const struct queue_scan *s, uint64_t id);

/* Looks at the files of one message again; item->bits may become 0. For a
 * second look after a while. */
void queue_scan_look_again(struct queue_item *item, int queue_dir,
    const struct queue_layout *layout);

/* The split for which the files of a tree were made, when they all are in
 * agreement with one that the tree does not have: the "wrong split" damage.
 * divisor: of queue_scan; largest: highest subdirectory holding files. 0 when
 * there is no single answer. */
uint64_t queue_split_guess(uint64_t divisor, uint64_t largest);

#endif
