/* SPDX-License-Identifier: ISC */
#include "mta/send/send_channel.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/array.h"
#include "base/fd.h"

enum {
	READ_BYTES = 65536,
	/* unwritten commands above which no delivery is started: what a pipe
	 * usually holds */
	OUT_MAX = 65536,
	/* bytes kept of a report that is not complete: number, letter, text */
	REPORT_BYTES = SPAWN_REPORT_MAX + 3,
};

static int
read_greeting(struct send_channel *c, unsigned *limit)
{
	char bytes[2];
	size_t n = c->wide ? 2 : 1;
	ssize_t got = fd_read_full(c->from, bytes, n);
	struct span in = {bytes, n};

	if (got < 0 || (size_t)got != n)
		return -1;
	return spawn_greeting_take(&in, c->wide, limit) ? 0 : -1;
}

int
send_channel_open(struct send_channel *c, int to, int from, bool wide,
    unsigned wanted)
{
	*c = (struct send_channel){.to = to, .from = from, .wide = wide};
	if (read_greeting(c, &c->limit) == -1)
		return -1;
	if (c->limit > wanted)
		c->limit = wanted;
	return fd_set_nonblocking(to) == 0 ? fd_set_nonblocking(from) : -1;
}

void
send_channel_free(struct send_channel *c)
{
	for (size_t i = 0; i < c->n_slots; i++)
		str_free(&c->slots[i].recipient);
	free(c->slots);
	free(c->free);
	str_free(&c->out);
	str_free(&c->in);
	*c = (struct send_channel){.to = -1, .from = -1, .lost = true};
}

bool
send_channel_is_free(const struct send_channel *c)
{
	return !c->lost && c->used < c->limit && c->out.n < OUT_MAX;
}

/* One more slot, which is free. Its place in the free list is made here, so
 * that freeing a slot cannot fail. */
static bool
add_slot(struct send_channel *c)
{
	if (!array_grow(&c->slots, &c->slots_cap, c->n_slots + 1,
	        sizeof(*c->slots)) ||
	    !array_grow(&c->free, &c->free_cap, c->n_slots + 1,
	        sizeof(*c->free)))
		return false;
	c->slots[c->n_slots] = (struct send_slot){0};
	c->free[c->n_free++] = (unsigned)c->n_slots++;
	return true;
}

struct send_slot *
send_channel_take_slot(struct send_channel *c, struct span recipient,
    unsigned *delivery)
{
	struct send_slot *slot;

	if (c->n_free == 0 && !add_slot(c))
		return NULL;
	*delivery = c->free[c->n_free - 1];
	slot = &c->slots[*delivery];
	str_reset(&slot->recipient);
	str_put(&slot->recipient, recipient);
	if (!str_ok(&slot->recipient))
		return NULL;
	c->n_free--;
	c->used++;
	slot->busy = true;
	return slot;
}

void
send_channel_free_slot(struct send_channel *c, unsigned delivery)
{
	c->slots[delivery].busy = false;
	c->free[c->n_free++] = delivery;
	c->used--;
}

struct send_slot *
send_channel_find(struct send_channel *c, unsigned delivery)
{
	if (delivery >= c->n_slots || !c->slots[delivery].busy)
		return NULL;
	return &c->slots[delivery];
}

bool
send_channel_command(struct send_channel *c,
    const struct spawn_command *command)
{
	size_t start = c->out.n;

	spawn_command_put(&c->out, c->wide, command);
	if (str_ok(&c->out))
		return true;
	c->out.failed = false; /* what was there before is still whole */
	str_cut(&c->out, start);
	return false;
}

bool
send_channel_has_output(const struct send_channel *c)
{
	return !c->lost && c->out_at < c->out.n;
}

int
send_channel_flush(struct send_channel *c)
{
	if (c->lost)
		c->out_at = c->out.n; /* nobody reads it any more */
	return fd_flush(c->to, &c->out, &c->out_at);
}

/* Moves what is not handled to the front, and drops what an incomplete report
 * has beyond its limit. */
static void
compact_input(struct send_channel *c)
{
	size_t left = c->in.n - c->in_at;

	if (left > 0)
		memmove(c->in.p, c->in.p + c->in_at, left);
	str_cut(&c->in, left < REPORT_BYTES ? left : REPORT_BYTES);
	c->in_at = 0;
}

int
send_channel_read(struct send_channel *c)
{
	char *room;
	ssize_t n;

	compact_input(c);
	room = str_room(&c->in, READ_BYTES);
	if (room == NULL) {
		c->in.failed = false; /* poll will wake us again */
		return 0;
	}
	n = fd_read_some(c->from, room, READ_BYTES);
	if (n > 0)
		str_added(&c->in, (size_t)n);
	if (n == -1 && errno == EAGAIN)
		return 0;
	return n > 0 ? 0 : -1;
}

bool
send_channel_next(struct send_channel *c, struct spawn_report *r)
{
	struct span rest = span_from(str_span(&c->in), c->in_at);
	size_t before = rest.n;

	if (!spawn_report_take(&rest, c->wide, r))
		return false;
	c->in_at += before - rest.n;
	return true;
}
