/* SPDX-License-Identifier: ISC */
#include "mta/send/send_turn.h"

#include "mta/send/send.h"
#include "qmail/verp.h"

enum {
	TURN_STARTS = 256, /* deliveries of a channel started in one turn */
	TURN_SKIPS = 4096, /* records of one pass read over in one turn */
};

/* The heap whose first entry is to be opened next; NULL when none is due. New
 * mail is due whatever the clock says, and goes first, but does not keep the
 * rest waiting for ever. */
static struct send_heap *
due_heap(struct send_queue *q, int64_t now)
{
	const struct send_entry *fresh = send_heap_first(&q->fresh);
	const struct send_entry *old = send_heap_first(&q->waiting);
	bool old_is_due = old != NULL && send_entry_when(old) <= now;

	if (fresh == NULL)
		return old_is_due ? &q->waiting : NULL;
	if (old_is_due && q->fresh_run >= SEND_FRESH_RUN)
		return &q->waiting;
	return &q->fresh;
}

/* Without memory the channel rests; everything else goes on. */
static void
pause_channel(struct send *s, enum log_channel c)
{
	send_log_alert(&s->log, "out of memory, sleeping...");
	s->waiting[c].pause_until = s->now + SEND_PAUSE;
}

/* Opens the pass of the next message that is due. */
static void
open_pass(struct send *s, enum log_channel c)
{
	struct send_queue *q = &s->waiting[c];
	struct send_heap *heap = due_heap(q, s->now);
	struct send_entry entry;
	uint32_t number;

	if (heap == NULL)
		return;
	entry = send_heap_take(heap);
	if (!send_job_open(s, c, &entry, &number)) {
		send_heap_put_back(heap, entry);
		pause_channel(s, c);
		return;
	}
	send_heap_release(heap);
	q->fresh_run = heap == &q->fresh ? q->fresh_run + 1 : 0;
	if (number != SEND_NO_JOB)
		q->passes[q->n_passes++] = number;
}

/* The pass of q->turn is over; its place goes to the next. */
static void
close_pass(struct send *s, enum log_channel c)
{
	struct send_queue *q = &s->waiting[c];
	uint32_t number = q->passes[q->turn];

	q->n_passes--;
	for (size_t i = q->turn; i < q->n_passes; i++)
		q->passes[i] = q->passes[i + 1];
	send_job_end_pass(s, number);
}

static void
log_start(struct send *s, const struct send_job *job, uint64_t delivery,
    struct span recipient)
{
	struct log_record r = {
	    .kind = LOG_STARTING,
	    .delivery = delivery,
	    .message = job->id,
	    .channel = job->channel,
	    .text = recipient,
	};

	send_log_record(&s->log, &r);
	send_put_status(s);
}

/* False without memory. */
static bool
start_delivery(struct send *s, uint32_t number, struct span recipient)
{
	struct send_job *job = &s->jobs.jobs[number];
	struct send_channel *c = &s->channel[job->channel];
	struct queue_path mess = queue_path_mess_name(&s->layout, job->id);
	struct spawn_command command = {
	    .mess = span_cstr(mess.text),
	    .recipient = recipient,
	};
	struct send_slot *slot;

	str_reset(&s->jobs.sender);
	verp_put(&s->jobs.sender, str_span(&job->sender), recipient);
	if (!str_ok(&s->jobs.sender))
		return false;
	command.sender = str_span(&s->jobs.sender);
	slot = send_channel_take_slot(c, recipient, &command.delivery);
	if (slot == NULL)
		return false;
	if (!send_channel_command(c, &command)) {
		send_channel_free_slot(c, command.delivery);
		return false;
	}
	slot->number = ++s->jobs.deliveries;
	slot->offset = job->pass.offset;
	slot->job = number;
	job->running++;
	log_start(s, job, slot->number, recipient);
	return true;
}

/* A record that can be neither delivered nor taken for done. */
static void
stop_pass(struct send *s, struct send_job *job, enum send_pass_status status)
{
	struct queue_path path =
	    queue_path(&s->layout, send_chan_kind(job->channel), job->id);

	if (status == SEND_PASS_UNKNOWN) {
		send_log_warning(&s->log, "unknown record type in %s!",
		    path.text);
	} else {
		send_log_warning(&s->log,
		    "trouble reading %s; will try again later", path.text);
	}
	if (status == SEND_PASS_ERROR) {
		job->left = true;
		job->next = s->now + SEND_RETRY;
	} else {
		job->damaged = true;
	}
}

/* Lets the pass whose turn it is start one delivery. False when the channel
 * has to stop for now. */
static bool
take_turn(struct send *s, enum log_channel c)
{
	struct send_queue *q = &s->waiting[c];
	uint32_t number = q->passes[q->turn];
	struct send_pass *pass = &s->jobs.jobs[number].pass;

	for (int i = 0; i < TURN_SKIPS; i++) {
		struct span text;
		enum send_pass_status status = send_pass_peek(pass, &text);
		bool starts = status == SEND_PASS_TODO;

		if (status == SEND_PASS_END) {
			close_pass(s, c);
			return true;
		}
		if (!starts && status != SEND_PASS_DONE) {
			stop_pass(s, &s->jobs.jobs[number], status);
			close_pass(s, c);
			return true;
		}
		if (starts && !start_delivery(s, number, text)) {
			pause_channel(s, c);
			return false;
		}
		send_pass_skip(pass, text);
		if (send_pass_is_over(pass)) {
			close_pass(s, c);
			return true;
		}
		if (starts)
			break;
	}
	q->turn++;
	return true;
}

static bool
is_paused(const struct send *s, enum log_channel c)
{
	return s->exit_asap || s->now < s->waiting[c].pause_until ||
	       !send_channel_is_free(&s->channel[c]);
}

void
send_turn_run(struct send *s, enum log_channel c)
{
	struct send_queue *q = &s->waiting[c];

	for (int i = 0; i < TURN_STARTS && !is_paused(s, c); i++) {
		if (q->n_passes < SEND_PASSES)
			open_pass(s, c);
		if (q->n_passes == 0) {
			if (due_heap(q, s->now) == NULL)
				return;
			continue;
		}
		if (q->turn >= q->n_passes)
			q->turn = 0;
		if (!take_turn(s, c))
			return;
	}
}

int64_t
send_turn_wake(const struct send *s, enum log_channel c)
{
	const struct send_queue *q = &s->waiting[c];
	const struct send_entry *old = send_heap_first(&q->waiting);
	int64_t wake = INT64_MAX;

	if (s->exit_asap || !send_channel_is_free(&s->channel[c]))
		return INT64_MAX;
	if (q->n_passes > 0 || send_heap_first(&q->fresh) != NULL)
		wake = s->now;
	if (old != NULL && send_entry_when(old) < wake)
		wake = send_entry_when(old);
	if (wake != INT64_MAX && wake < q->pause_until)
		wake = q->pause_until;
	return wake;
}
