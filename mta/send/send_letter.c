/* SPDX-License-Identifier: ISC */
#include "mta/send/send_letter.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/proc.h"
#include "mta/send/send.h"
#include "qmail/queue_record.h"
#include "qmail/submit.h"

enum { CHUNK = 65536 };

/* ---- start --------------------------------------------------------------- */

static pid_t
run_queue_program(const struct send *s, int message, int envelope)
{
	const struct proc_fd map[] = {
	    {message, 0},
	    {envelope, 1},
	    {s->log.fd, 2},
	};
	struct str path = {0};
	char *argv[2] = {NULL, NULL};
	struct proc_start start = {
	    .argv = argv,
	    .cwd = s->site.home,
	    .map = map,
	    .n = sizeof(map) / sizeof(map[0]),
	};
	pid_t pid = -1;

	if (submit_find_program(&s->site, &path, NULL) == 0) {
		start.path = argv[0] = path.p;
		pid = proc_spawn(&start, NULL);
	}
	str_free(&path);
	return pid;
}

static int
start_child(const struct send *s, struct send_letter *l)
{
	int message[2] = {-1, -1}, envelope[2] = {-1, -1};

	if (fd_pipe(message) == -1 || fd_pipe(envelope) == -1 ||
	    fd_set_nonblocking(message[1]) == -1 ||
	    fd_set_nonblocking(envelope[1]) == -1)
		goto fail;
	l->pid = run_queue_program(s, message[0], envelope[0]);
	if (l->pid == -1)
		goto fail;
	fd_close(&message[0]);
	fd_close(&envelope[0]);
	l->message = message[1];
	l->envelope = envelope[1];
	return 0;

fail:
	for (int i = 0; i < 2; i++) {
		fd_close(&message[i]);
		fd_close(&envelope[i]);
	}
	return -1;
}

static struct bounce_letter
describe(const struct send *s, const struct send_letter *l)
{
	const struct str *to =
	    l->kind == BOUNCE_DOUBLE ? &s->config.double_to : &l->sender;

	return (struct bounce_letter){
	    .kind = l->kind,
	    .date = s->now,
	    .from_box = str_span(&s->config.bounce_from),
	    .from_host = str_span(&s->config.bounce_host),
	    .to = str_span(to),
	    .return_path = str_span(&l->sender),
	};
}

static struct send_letter *
free_place(struct send_letters *all)
{
	struct send_letter *l = all->letters;

	while (l->busy)
		l++;
	return l;
}

bool
send_letter_start(struct send *s, uint64_t id, unsigned flags,
    struct str *sender)
{
	struct send_letter *l = free_place(&s->letters);
	struct bounce_letter letter;

	*l = (struct send_letter){
	    .id = id,
	    .flags = flags,
	    .kind = bounce_kind(str_span(sender)),
	    .sender = *sender,
	    .message = -1,
	    .envelope = -1,
	    .source = -1,
	    .copy_left =
	        s->config.bounce_max == 0 ? UINT64_MAX : s->config.bounce_max,
	    .progress = s->now,
	    .look = s->now + SEND_LETTER_LOOK,
	};
	*sender = (struct str){0};
	letter = describe(s, l);
	bounce_head_put(&l->buf, &letter);
	if (!str_ok(&l->buf) || start_child(s, l) == -1) {
		send_log_warning(&s->log,
		    "unable to start qmail-queue, will try later");
		str_free(&l->sender);
		str_free(&l->buf);
		return false;
	}
	l->busy = true;
	s->letters.n++;
	return true;
}

/* ---- the parts of the letter --------------------------------------------- */

static void
give_up(struct send_letter *l)
{
	l->failed = true;
	fd_close(&l->source);
	/* the end of its input without an envelope: it will not queue it */
	fd_close(&l->message);
	fd_close(&l->envelope);
	str_reset(&l->buf);
	l->at = 0;
	l->part = LETTER_EXIT;
}

static void
open_source(const struct send *s, struct send_letter *l, enum queue_kind kind)
{
	struct queue_path path = queue_path(&s->layout, kind, l->id);

	l->source = send_file_open(s->queue, path.text, O_RDONLY);
	if (l->source == -1)
		give_up(l);
}

/* Fills the buffer from the source: at most max bytes. False at its end. */
static bool
read_source(struct send_letter *l, uint64_t max)
{
	size_t want = max < CHUNK ? (size_t)max : CHUNK;
	char *room = str_room(&l->buf, want);
	ssize_t n = room == NULL ? -1 : fd_read_some(l->source, room, want);

	if (n == -1) {
		give_up(l);
		return true;
	}
	str_added(&l->buf, (size_t)n);
	if (n == 0)
		fd_close(&l->source);
	return n > 0;
}

/* True while the original has bytes that are not copied. */
static bool
read_original(struct send_letter *l)
{
	size_t before = l->buf.n;

	if (l->copy_left == 0) {
		char byte;

		l->was_cut = fd_read_some(l->source, &byte, 1) == 1;
		fd_close(&l->source);
		return false;
	}
	if (!read_source(l, l->copy_left))
		return false;
	if (l->copy_left != UINT64_MAX)
		l->copy_left -= l->buf.n - before;
	return true;
}

static void
put_envelope(const struct send *s, struct send_letter *l)
{
	struct bounce_letter letter = describe(s, l);

	queue_record_put(&l->buf, 'F', bounce_sender(l->kind));
	queue_record_put(&l->buf, 'T', letter.to);
	str_putc(&l->buf, '\0');
}

/* The part whose bytes were all written is over: the next begins. */
static void
begin_part(struct send *s, struct send_letter *l)
{
	struct bounce_letter letter = describe(s, l);

	l->part++;
	switch (l->part) {
	case LETTER_HEAD: /* never: it is the first */
		break;
	case LETTER_REPORTS:
		open_source(s, l, QUEUE_BOUNCE);
		break;
	case LETTER_BREAK:
		bounce_break_put(&l->buf, &letter);
		break;
	case LETTER_COPY:
		open_source(s, l, QUEUE_MESS);
		break;
	case LETTER_CUT:
		if (l->was_cut)
			bounce_cut_put(&l->buf);
		break;
	case LETTER_ENVELOPE:
		fd_close(&l->message);
		put_envelope(s, l);
		break;
	case LETTER_EXIT:
		fd_close(&l->envelope);
		break;
	}
	if (!str_ok(&l->buf))
		give_up(l);
}

/* Makes unwritten bytes available. False when none are left to come. */
static bool
refill(struct send *s, struct send_letter *l)
{
	while (l->at == l->buf.n && l->part != LETTER_EXIT) {
		str_reset(&l->buf);
		l->at = 0;
		if (l->source != -1 && l->part == LETTER_REPORTS) {
			if (read_source(l, UINT64_MAX))
				continue;
		} else if (l->source != -1) {
			if (read_original(l))
				continue;
		}
		begin_part(s, l);
	}
	return l->part != LETTER_EXIT;
}

int
send_letter_fd(const struct send_letter *l)
{
	if (!l->busy || l->part == LETTER_EXIT)
		return -1;
	return l->part == LETTER_ENVELOPE ? l->envelope : l->message;
}

void
send_letter_write(struct send *s, struct send_letter *l)
{
	while (refill(s, l)) {
		ssize_t n = write(send_letter_fd(l), l->buf.p + l->at,
		    l->buf.n - l->at);

		if (n >= 0) {
			l->at += (size_t)n;
			l->progress = s->now;
		} else if (errno == EAGAIN) {
			return;
		} else if (errno != EINTR) {
			give_up(l);
		}
	}
}

/* ---- the end ------------------------------------------------------------- */

static void
free_letter(struct send *s, struct send_letter *l)
{
	fd_close(&l->source);
	fd_close(&l->message);
	fd_close(&l->envelope);
	str_free(&l->sender);
	str_free(&l->buf);
	l->busy = false;
	s->letters.n--;
}

static bool
was_taken(const struct send_letter *l, int status)
{
	return l->part == LETTER_EXIT && !l->failed && WIFEXITED(status) &&
	       WEXITSTATUS(status) == 0;
}

static void
end_letter(struct send *s, struct send_letter *l, bool sent)
{
	uint64_t id = l->id;
	unsigned flags = l->flags;
	struct log_record r = {
	    .kind = LOG_BOUNCE,
	    .message = id,
	    .qp = (uint64_t)l->pid,
	};

	free_letter(s, l);
	if (sent)
		send_log_record(&s->log, &r);
	else
		send_log_warning(&s->log,
		    "trouble injecting bounce message, will try later");
	send_end_letter_done(s, id, flags, sent);
}

void
send_letter_reap(struct send *s, pid_t pid, int status)
{
	for (size_t i = 0; i < SEND_LETTERS; i++) {
		struct send_letter *l = &s->letters.letters[i];

		if (!l->busy || l->pid != pid)
			continue;
		end_letter(s, l, was_taken(l, status));
		return;
	}
}

/* The child may be set-uid, so that the signal does not reach it; without its
 * input it ends by itself, or is left alone. */
static void
give_up_waiting(struct send *s, struct send_letter *l)
{
	(void)kill(l->pid, SIGTERM);
	end_letter(s, l, false);
}

void
send_letter_check(struct send *s)
{
	for (size_t i = 0; i < SEND_LETTERS; i++) {
		struct send_letter *l = &s->letters.letters[i];
		int status;

		if (!l->busy || s->now < l->look)
			continue;
		l->look = s->now + SEND_LETTER_LOOK;
		if (waitpid(l->pid, &status, WNOHANG) == l->pid)
			end_letter(s, l, was_taken(l, status));
		else if (s->now - l->progress >= SEND_LETTER_LIMIT)
			give_up_waiting(s, l);
	}
}

int64_t
send_letter_wake(const struct send *s)
{
	int64_t wake = INT64_MAX;

	for (size_t i = 0; i < SEND_LETTERS; i++) {
		const struct send_letter *l = &s->letters.letters[i];

		if (l->busy && l->look < wake)
			wake = l->look;
	}
	return wake;
}

void
send_letter_free_all(struct send *s)
{
	for (size_t i = 0; i < SEND_LETTERS; i++) {
		if (s->letters.letters[i].busy)
			free_letter(s, &s->letters.letters[i]);
	}
}
