/* SPDX-License-Identifier: ISC */
#include "mta/send/send_report.h"

#include <stdlib.h>

#include "base/array.h"
#include "mta/send/bounce_file.h"
#include "mta/send/send.h"
#include "qmail/bounce.h"

/* Programs that sort failure notices look for the words after the colon. */
static const struct span too_long = SPAN_INIT(
    "No further attempt will be made: this message has been in the queue too "
    "long.");

static void
log_result(struct send *s, enum log_kind kind, uint64_t delivery,
    struct span text)
{
	struct log_record r = {
	    .kind = kind,
	    .delivery = delivery,
	    .text = text,
	};

	send_log_record(&s->log, &r);
}

/* ---- failures ------------------------------------------------------------ */

static int
append_and_mark(struct send *s, uint32_t number, uint64_t offset,
    struct span paragraph)
{
	struct send_job *job = &s->jobs.jobs[number];
	struct queue_path path = queue_path(&s->layout, QUEUE_BOUNCE, job->id);
	/* of a message with two channels the other one may have made it */
	bool may_exist = (job->flags & (SEND_MAY_BOUNCE | SEND_MAY_OTHER)) != 0;

	job->flags |= SEND_MAY_BOUNCE;
	if (bounce_file_append(s->queue, path.text, may_exist, paragraph,
	        NULL) == -1)
		return -1;
	send_job_mark(s, number, offset);
	return 0;
}

static void
complain(struct send *s)
{
	send_log_alert(&s->log,
	    "unable to append to bounce message; HELP! sleeping...");
	s->held.again = s->now + SEND_PAUSE;
}

/* Keeps the failure for later. Takes over the memory of *paragraph. Without
 * room the recipient stays as it is and will be tried again. */
static void
hold(struct send *s, uint32_t number, uint64_t offset, struct str *paragraph)
{
	struct send_held *h = &s->held;

	complain(s);
	if (h->n == SEND_HELD_MAX || !str_ok(paragraph) ||
	    !array_grow(&h->failures, &h->cap, h->n + 1,
	        sizeof(*h->failures))) {
		s->jobs.jobs[number].left = true;
		str_free(paragraph);
		return;
	}
	s->jobs.jobs[number].running++;
	h->failures[h->n++] = (struct send_failure){number, offset, *paragraph};
}

/* Recipients of local/ID show what virtualdomains put in front of them. */
static struct span
shown_recipient(const struct send *s, enum log_channel c, struct span recipient)
{
	return c == LOG_LOCAL ? route_strip(&s->config.route, recipient)
	                      : recipient;
}

static void
note_failure(struct send *s, const struct send_slot *slot, enum log_channel c,
    struct span text, struct span last)
{
	struct str paragraph = {0};

	bounce_paragraph_put(&paragraph,
	    shown_recipient(s, c, str_span(&slot->recipient)), text, last);
	if (str_ok(&paragraph) && append_and_mark(s, slot->job, slot->offset,
	                              str_span(&paragraph)) == 0)
		str_free(&paragraph);
	else
		hold(s, slot->job, slot->offset, &paragraph);
}

void
send_report_retry(struct send *s)
{
	struct send_held *h = &s->held;
	size_t i = 0;

	if (h->n == 0 || s->now < h->again)
		return;
	while (i < h->n &&
	       append_and_mark(s, h->failures[i].job, h->failures[i].offset,
	           str_span(&h->failures[i].paragraph)) == 0) {
		send_job_release(s, h->failures[i].job);
		str_free(&h->failures[i].paragraph);
		i++;
	}
	h->n -= i;
	for (size_t k = 0; i > 0 && k < h->n; k++)
		h->failures[k] = h->failures[k + i];
	if (h->n > 0)
		complain(s);
}

int64_t
send_report_wake(const struct send *s)
{
	return s->held.n > 0 ? s->held.again : INT64_MAX;
}

void
send_report_free_all(struct send *s)
{
	for (size_t i = 0; i < s->held.n; i++)
		str_free(&s->held.failures[i].paragraph);
	free(s->held.failures);
	s->held = (struct send_held){0};
}

/* ---- reports ------------------------------------------------------------- */

static void
take_failure(struct send *s, const struct send_slot *slot, enum log_channel c,
    struct span text)
{
	log_result(s, LOG_FAILURE, slot->number, text);
	note_failure(s, slot, c, text, SPAN(""));
}

static void
take_last_deferral(struct send *s, const struct send_slot *slot,
    enum log_channel c, struct span text)
{
	struct str whole = {0};

	str_put(&whole, text);
	if (text.n > 0 && text.p[text.n - 1] != '\n')
		str_putc(&whole, '\n');
	str_put(&whole, too_long);
	str_putc(&whole, '\n');
	log_result(s, LOG_FAILURE, slot->number, str_span(&whole));
	str_free(&whole);
	note_failure(s, slot, c, text, too_long);
}

static void
take_deferral(struct send *s, const struct send_slot *slot, enum log_channel c,
    struct span text)
{
	struct send_job *job = &s->jobs.jobs[slot->job];

	if (job->dying) {
		take_last_deferral(s, slot, c, text);
		return;
	}
	log_result(s, LOG_DEFERRAL, slot->number, text);
	job->left = true;
}

void
send_report_take(struct send *s, enum log_channel c,
    const struct spawn_report *r)
{
	struct send_slot *slot = send_channel_find(&s->channel[c], r->delivery);
	uint32_t job;

	if (slot == NULL) {
		send_log_warning(&s->log,
		    "internal error: delivery report out of range");
		return;
	}
	job = slot->job;
	switch (r->letter) {
	case 'K':
		log_result(s, LOG_SUCCESS, slot->number, r->text);
		send_job_mark(s, job, slot->offset);
		break;
	case 'Z':
		take_deferral(s, slot, c, r->text);
		break;
	case 'D':
		take_failure(s, slot, c, r->text);
		break;
	default:
		log_result(s, LOG_MANGLED, slot->number, SPAN(""));
		s->jobs.jobs[job].left = true;
	}
	send_channel_free_slot(&s->channel[c], r->delivery);
	send_put_status(s);
	send_job_release(s, job);
}
