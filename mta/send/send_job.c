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

static const unsigned skips[] = {
    [LOG_LOCAL] = RETRY_SKIP_LOCAL,
    [LOG_REMOTE] = RETRY_SKIP_REMOTE,
};

static struct queue_path
chan_path(const struct send *s, enum log_channel c, uint64_t id)
{
	return queue_path(&s->layout, send_chan_kind(c), id);
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

/* The chan file of a job is removed. With it the message is done, unless the
 * other channel still has one: then that one will bring it here. */
static void
leave_channel(struct send *s, struct send_job *job)
{
	enum log_channel other =
	    job->channel == LOG_LOCAL ? LOG_REMOTE : LOG_LOCAL;
	struct queue_path path = chan_path(s, other, job->id);
	unsigned flags = job->flags;
	struct stat st;

	if ((flags & SEND_MAY_OTHER) != 0) {
		if (fstatat(s->queue, path.text, &st, AT_SYMLINK_NOFOLLOW) ==
		    0) {
			send_heap_release(&s->done);
			return;
		}
		if (errno == ENOENT)
			flags = SEND_MAY_BOUNCE; /* made by the other one */
	}
	send_heap_put_back(&s->done, send_entry(job->id, s->now, flags));
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
	leave_channel(s, job);
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

/* ---- begin and end of a pass -----------------------------------------------
 */

static void
refuse_job(struct send *s, uint32_t number, int64_t birth)
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

bool
send_job_open(struct send *s, enum log_channel c, const struct send_entry *e,
    uint32_t *number)
{
	struct send_job *job;
	int64_t birth;

	*number = SEND_NO_JOB;
	if (!take_job(s, c, number))
		return false;
	job = &s->jobs.jobs[*number];
	job->id = e->id;
	job->flags = send_entry_flags(e);
	if (!open_files(s, *number, &birth)) {
		refuse_job(s, *number, birth);
		*number = SEND_NO_JOB;
		return true;
	}
	job->next = retry_next(birth, s->now, skips[c]);
	job->dying = retry_is_dying(birth, s->now, s->config.lifetime);
	job->reading = true;
	return true;
}

void
send_job_end_pass(struct send *s, uint32_t number)
{
	struct send_job *job = &s->jobs.jobs[number];

	send_pass_end(&job->pass);
	job->reading = false;
	if (job->running == 0)
		finish_job(s, number);
	else if (s->jobs.open_files > s->jobs.max_files)
		close_chan_file(s, job);
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
