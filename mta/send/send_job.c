/* SPDX-License-Identifier: ISC */
#include "mta/send/send_job.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/fd.h"
#include "mta/send/send.h"
#include "qmail/retry.h"
#include "qmail/verp.h"

enum {
	TURN_STARTS = 256, /* deliveries of a channel started in one turn */
	TURN_SKIPS = 4096, /* records of one pass read over in one turn */
};

static const unsigned skips[] = {
    [LOG_LOCAL] = RETRY_SKIP_LOCAL,
    [LOG_REMOTE] = RETRY_SKIP_REMOTE,
};

static struct queue_path
chan_path(const struct send *s, enum log_channel c, uint64_t id)
{
	return queue_path(&s->layout, send_chan_kind(c), id);
}

/* Without memory the channel rests; everything else goes on. */
static void
pause_channel(struct send *s, enum log_channel c)
{
	send_log_alert(&s->log, "out of memory, sleeping...");
	s->waiting[c].pause_until = s->now + SEND_PAUSE;
}

/* ---- jobs ---------------------------------------------------------------- */

static bool
add_job(struct send_jobs *j)
{
	if (!array_grow(&j->jobs, &j->cap, j->n + 1, sizeof(*j->jobs)) ||
	    !array_grow(&j->free, &j->free_cap, j->n + 1, sizeof(*j->free)))
		return false;
	j->jobs[j->n] = (struct send_job){0};
	j->free[j->n_free++] = (uint32_t)j->n++;
	return true;
}

/* A job with a place in both heaps where it may end, so that nothing which
 * happens to it later can fail without memory. */
static bool
take_job(struct send *s, enum log_channel c, uint32_t *number)
{
	struct send_jobs *j = &s->jobs;

	if (j->n_free == 0 && !add_job(j))
		return false;
	if (!send_heap_promise(&s->waiting[c].waiting))
		return false;
	if (!send_heap_promise(&s->done)) {
		send_heap_release(&s->waiting[c].waiting);
		return false;
	}
	*number = j->free[--j->n_free];
	j->jobs[*number] = (struct send_job){
	    .busy = true,
	    .channel = c,
	    .pass.fd = -1,
	    .sender = j->jobs[*number].sender, /* keeps its memory */
	};
	str_reset(&j->jobs[*number].sender);
	return true;
}

static void
free_job(struct send *s, uint32_t number)
{
	struct send_job *job = &s->jobs.jobs[number];

	send_pass_end(&job->pass);
	job->busy = false;
	s->jobs.free[s->jobs.n_free++] = number;
}

static void
close_chan_file(struct send *s, struct send_job *job)
{
	if (job->pass.fd == -1)
		return;
	send_sync_close(&s->sync, job->pass.fd);
	job->pass.fd = -1;
	s->jobs.open_files--;
}

static void
put_back_waiting(struct send *s, uint32_t number, int64_t when)
{
	struct send_job *job = &s->jobs.jobs[number];

	send_heap_release(&s->done);
	send_heap_put_back(&s->waiting[job->channel].waiting,
	    send_entry(job->id, when, job->flags));
	free_job(s, number);
}

/* All recipients are done. */
static void
remove_chan_file(struct send *s, uint32_t number)
{
	struct send_job *job = &s->jobs.jobs[number];
	struct queue_path path = chan_path(s, job->channel, job->id);

	if (job->pass.fd != -1)
		send_sync_forget(&s->sync, job->pass.fd);
	close_chan_file(s, job);
	if (unlinkat(s->queue, path.text, 0) == -1 && errno != ENOENT) {
		send_log_warning(&s->log,
		    "unable to unlink %s; will try again later", path.text);
		put_back_waiting(s, number, s->now + SEND_RETRY);
		return;
	}
	send_heap_release(&s->waiting[job->channel].waiting);
	send_heap_put_back(&s->done, send_entry(job->id, s->now, job->flags));
	free_job(s, number);
}

/* No pass, no delivery: back to the heap or on to the end. */
static void
finish_job(struct send *s, uint32_t number)
{
	struct send_job *job = &s->jobs.jobs[number];
	int64_t next = job->next;

	if (!job->left && !job->damaged) {
		remove_chan_file(s, number);
		return;
	}
	close_chan_file(s, job);
	if (job->damaged && job->dying)
		next = s->now + SEND_RETRY_BAD;
	put_back_waiting(s, number, next);
}

void
send_job_release(struct send *s, uint32_t number)
{
	struct send_job *job = &s->jobs.jobs[number];

	job->running--;
	if (job->running == 0 && !job->reading)
		finish_job(s, number);
}

void
send_job_mark(struct send *s, uint32_t number, uint64_t offset)
{
	struct send_job *job = &s->jobs.jobs[number];
	struct queue_path path = chan_path(s, job->channel, job->id);
	int fd = job->pass.fd;

	if (fd == -1)
		fd = send_file_open(s->queue, path.text, O_WRONLY);
	if (fd == -1 || send_file_mark(fd, offset) == -1)
		send_log_warning(&s->log,
		    "trouble marking %s; message will be delivered twice!",
		    path.text);
	else
		send_sync_mark(&s->sync, fd, s->now);
	if (fd != -1 && fd != job->pass.fd)
		send_sync_close(&s->sync, fd);
}

/* ---- passes -------------------------------------------------------------- */

/* The heap whose first entry is to be opened next; NULL when none is due. New
 * mail goes first, but does not keep the rest waiting for ever. */
static struct send_heap *
due_heap(struct send_queue *q, int64_t now)
{
	const struct send_entry *fresh = send_heap_first(&q->fresh);
	const struct send_entry *old = send_heap_first(&q->waiting);
	bool old_is_due = old != NULL && send_entry_when(old) <= now;

	if (fresh == NULL || send_entry_when(fresh) > now)
		return old_is_due ? &q->waiting : NULL;
	if (old_is_due && q->fresh_run >= SEND_FRESH_RUN)
		return &q->waiting;
	return &q->fresh;
}

static void
refuse_pass(struct send *s, uint32_t number, int64_t birth)
{
	struct send_job *job = &s->jobs.jobs[number];
	struct queue_path path = chan_path(s, job->channel, job->id);
	bool bad =
	    birth != 0 && retry_is_dying(birth, s->now, s->config.lifetime);

	send_log_warning(&s->log, "trouble opening %s; will try again later",
	    path.text);
	close_chan_file(s, job);
	put_back_waiting(s, number,
	    s->now + (bad ? SEND_RETRY_BAD : SEND_RETRY));
}

static bool
open_files(struct send *s, uint32_t number, int64_t *birth)
{
	struct send_job *job = &s->jobs.jobs[number];
	struct queue_path info = queue_path(&s->layout, QUEUE_INFO, job->id);
	struct queue_path chan = chan_path(s, job->channel, job->id);

	if (send_info_load(s->queue, info.text, &job->sender, birth) !=
	    SEND_FILE_OK)
		return false;
	job->pass.fd = send_file_open(s->queue, chan.text, O_RDWR);
	if (job->pass.fd == -1)
		return false;
	s->jobs.open_files++;
	return true;
}

/* Opens the pass of the next message that is due. False when there is none. */
static bool
open_pass(struct send *s, enum log_channel c)
{
	struct send_queue *q = &s->waiting[c];
	struct send_heap *heap = due_heap(q, s->now);
	struct send_job *job;
	uint32_t number;
	int64_t birth;

	if (heap == NULL)
		return false;
	if (!take_job(s, c, &number)) {
		pause_channel(s, c);
		return false;
	}
	q->fresh_run = heap == &q->fresh ? q->fresh_run + 1 : 0;
	job = &s->jobs.jobs[number];
	job->id = send_heap_first(heap)->id;
	job->flags = send_entry_flags(send_heap_first(heap));
	send_heap_drop(heap);
	if (!open_files(s, number, &birth)) {
		refuse_pass(s, number, birth);
		return true;
	}
	job->next = retry_next(birth, s->now, skips[c]);
	job->dying = retry_is_dying(birth, s->now, s->config.lifetime);
	job->reading = true;
	q->passes[q->n_passes++] = number;
	return true;
}

/* The pass of q->turn is over; its place goes to the next. */
static void
close_pass(struct send *s, enum log_channel c)
{
	struct send_queue *q = &s->waiting[c];
	uint32_t number = q->passes[q->turn];
	struct send_job *job = &s->jobs.jobs[number];

	q->n_passes--;
	for (size_t i = q->turn; i < q->n_passes; i++)
		q->passes[i] = q->passes[i + 1];
	send_pass_end(&job->pass);
	job->reading = false;
	if (job->running == 0)
		finish_job(s, number);
	else if (s->jobs.open_files > s->jobs.max_files)
		close_chan_file(s, job);
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
	struct queue_path path = chan_path(s, job->channel, job->id);

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
send_job_start(struct send *s, enum log_channel c)
{
	struct send_queue *q = &s->waiting[c];

	for (int i = 0; i < TURN_STARTS && !is_paused(s, c); i++) {
		if (q->n_passes < SEND_PASSES)
			(void)open_pass(s, c);
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
send_job_wake(const struct send *s, enum log_channel c)
{
	const struct send_queue *q = &s->waiting[c];
	const struct send_entry *fresh = send_heap_first(&q->fresh);
	const struct send_entry *old = send_heap_first(&q->waiting);
	int64_t wake = INT64_MAX;

	if (s->exit_asap || !send_channel_is_free(&s->channel[c]))
		return INT64_MAX;
	if (q->n_passes > 0 ||
	    (fresh != NULL && send_entry_when(fresh) <= s->now))
		wake = s->now;
	else if (fresh != NULL)
		wake = send_entry_when(fresh);
	if (old != NULL && send_entry_when(old) < wake)
		wake = send_entry_when(old);
	if (wake != INT64_MAX && wake < q->pause_until)
		wake = q->pause_until;
	return wake;
}

/* ---- exit ---------------------------------------------------------------- */

static void
save_heap(struct send *s, enum log_channel c, const struct send_heap *h)
{
	for (size_t i = 0; i < h->n; i++) {
		int64_t when = send_entry_when(&h->entries[i]);
		struct queue_path path = chan_path(s, c, h->entries[i].id);
		const struct timespec times[2] = {
		    {.tv_sec = when},
		    {.tv_sec = when},
		};

		if (utimensat(s->queue, path.text, times,
		        AT_SYMLINK_NOFOLLOW) == -1)
			send_log_warning(&s->log,
			    "unable to utime %s; message will be retried too "
			    "soon",
			    path.text);
	}
}

void
send_job_save(struct send *s)
{
	for (int c = 0; c < SEND_CHANNELS; c++) {
		save_heap(s, (enum log_channel)c, &s->waiting[c].fresh);
		save_heap(s, (enum log_channel)c, &s->waiting[c].waiting);
	}
}

void
send_job_free_all(struct send *s)
{
	for (size_t i = 0; i < s->jobs.n; i++) {
		struct send_job *job = &s->jobs.jobs[i];

		if (job->busy) {
			close_chan_file(s, job);
			send_pass_end(&job->pass);
		}
		str_free(&job->sender);
	}
	free(s->jobs.jobs);
	free(s->jobs.free);
	str_free(&s->jobs.sender);
	s->jobs = (struct send_jobs){0};
	for (int c = 0; c < SEND_CHANNELS; c++) {
		send_heap_free(&s->waiting[c].fresh);
		send_heap_free(&s->waiting[c].waiting);
	}
}
