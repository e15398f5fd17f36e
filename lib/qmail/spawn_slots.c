/* SPDX-License-Identifier: ISC */
#include "qmail/spawn_slots.h"

#include <assert.h>
#include <stdlib.h>

int
spawn_slots_init(struct spawn_slots *s, unsigned n)
{
	size_t heads = 16;

	while (heads < n)
		heads *= 2;
	*s = (struct spawn_slots){.n = n, .mask = heads - 1};
	/* calloc of this size is zero pages that cost nothing until used */
	s->slot = calloc(n, sizeof(*s->slot));
	s->heads = calloc(heads, sizeof(*s->heads));
	if (s->slot != NULL && s->heads != NULL)
		return 0;
	spawn_slots_free(s);
	return -1;
}

void
spawn_slots_free(struct spawn_slots *s)
{
	for (size_t i = 0; s->slot != NULL && i < s->n && s->used > 0; i++) {
		if (s->slot[i].used)
			spawn_slots_release(s, &s->slot[i]);
	}
	free(s->slot);
	free(s->heads);
	*s = (struct spawn_slots){0};
}

unsigned
spawn_slots_number(const struct spawn_slots *s, const struct spawn_slot *slot)
{
	return (unsigned)(slot - s->slot);
}

static uint32_t
link_to(const struct spawn_slots *s, const struct spawn_slot *slot)
{
	return spawn_slots_number(s, slot) + 1;
}

struct spawn_slot *
spawn_slots_take(struct spawn_slots *s, unsigned delivery)
{
	struct spawn_slot *slot;

	if (delivery >= s->n || s->slot[delivery].used)
		return NULL;
	slot = &s->slot[delivery];
	*slot = (struct spawn_slot){.used = true,
	    .fd = -1,
	    .generation = slot->generation + 1};
	s->used++;
	return slot;
}

void
spawn_slots_release(struct spawn_slots *s, struct spawn_slot *slot)
{
	spawn_slots_wait(s, slot, SPAWN_WAIT_NOTHING, 0);
	str_free(&slot->output);
	slot->used = false;
	s->used--;
}

static uint32_t *
head_of(struct spawn_slots *s, pid_t pid)
{
	return &s->heads[(size_t)pid & s->mask];
}

void
spawn_slots_started(struct spawn_slots *s, struct spawn_slot *slot, pid_t pid)
{
	uint32_t *head = head_of(s, pid);

	slot->pid = pid;
	slot->pid_next = *head;
	*head = link_to(s, slot);
	s->running++;
}

struct spawn_slot *
spawn_slots_died(struct spawn_slots *s, pid_t pid, int status)
{
	for (uint32_t *at = head_of(s, pid); *at != 0;) {
		struct spawn_slot *slot = &s->slot[*at - 1];

		if (slot->pid == pid) {
			*at = slot->pid_next;
			slot->dead = true;
			slot->status = status;
			s->running--;
			return slot;
		}
		at = &slot->pid_next;
	}
	return NULL;
}

static void
unlink_slot(struct spawn_slots *s, struct spawn_slot *slot)
{
	if (slot->previous != 0)
		s->slot[slot->previous - 1].next = slot->next;
	else
		s->list[slot->wait].first = slot->next;
	if (slot->next != 0)
		s->slot[slot->next - 1].previous = slot->previous;
	else
		s->list[slot->wait].last = slot->previous;
}

void
spawn_slots_wait(struct spawn_slots *s, struct spawn_slot *slot,
    enum spawn_wait wait, int64_t deadline)
{
	if (slot->wait != SPAWN_WAIT_NOTHING)
		unlink_slot(s, slot);
	slot->wait = wait;
	if (wait == SPAWN_WAIT_NOTHING)
		return;
	slot->deadline = deadline;
	slot->previous = s->list[wait].last;
	slot->next = 0;
	if (slot->previous != 0) {
		assert(s->slot[slot->previous - 1].deadline <= deadline);
		s->slot[slot->previous - 1].next = link_to(s, slot);
	} else {
		s->list[wait].first = link_to(s, slot);
	}
	s->list[wait].last = link_to(s, slot);
}

struct spawn_slot *
spawn_slots_due(struct spawn_slots *s, int64_t now)
{
	for (int wait = SPAWN_WAIT_RUN; wait < SPAWN_WAITS; wait++) {
		uint32_t first = s->list[wait].first;

		if (first != 0 && s->slot[first - 1].deadline <= now)
			return &s->slot[first - 1];
	}
	return NULL;
}

bool
spawn_slots_next_deadline(const struct spawn_slots *s, int64_t *deadline)
{
	bool found = false;

	for (int wait = SPAWN_WAIT_RUN; wait < SPAWN_WAITS; wait++) {
		uint32_t first = s->list[wait].first;

		if (first == 0 ||
		    (found && s->slot[first - 1].deadline >= *deadline))
			continue;
		*deadline = s->slot[first - 1].deadline;
		found = true;
	}
	return found;
}
