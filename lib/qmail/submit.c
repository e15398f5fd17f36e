/* SPDX-License-Identifier: ISC */
#include "qmail/submit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "base/fd.h"
#include "base/num.h"
#include "base/proc.h"
#include "qmail/queue_exit.h"

enum {
	ERROR_TEXT_MAX = 255, /* first byte is the class, the rest the text */
	ERROR_TEXT_MIN = 3,
	/* where the trees of qmail expect the error pipe */
	ERROR_FD_NETQMAIL = 4,
	ERROR_FD_NOTQMAIL = 6,
	ERROR_FD_LAST = 63,
};

/* Our ends and the child's ends of the three pipes. */
struct pipes {
	int message[2];
	int envelope[2];
	int error[2];
};

static void
close_pipe(int ends[2])
{
	fd_close(&ends[0]);
	fd_close(&ends[1]);
}

static void
close_pipes(struct pipes *p)
{
	close_pipe(p->message);
	close_pipe(p->envelope);
	close_pipe(p->error);
}

static int
open_pipes(struct pipes *p)
{
	*p = (struct pipes){{-1, -1}, {-1, -1}, {-1, -1}};
	if (fd_pipe(p->message) == -1 || fd_pipe(p->envelope) == -1 ||
	    fd_pipe(p->error) == -1) {
		close_pipes(p);
		return -1;
	}
	return 0;
}

/* The descriptor that the environment asks for in addition; -1 without a wish
 * or when it is taken. Descriptor 2 stays the log. */
static int
wanted_error_fd(void)
{
	uint64_t fd;

	if (!num_parse_u64(span_cstr(getenv("ERROR_FD")), ERROR_FD_LAST, &fd))
		return -1;
	if (fd <= 2 || fd == ERROR_FD_NETQMAIL || fd == ERROR_FD_NOTQMAIL)
		return -1;
	return (int)fd;
}

static pid_t
start_program(const struct pipes *p, const struct site *site, struct str *path,
    struct err *e)
{
	struct proc_fd map[] = {
	    {p->message[0], 0},
	    {p->envelope[0], 1},
	    {p->error[1], ERROR_FD_NETQMAIL},
	    {p->error[1], ERROR_FD_NOTQMAIL},
	    {p->error[1], wanted_error_fd()},
	};
	const size_t fds = sizeof(map) / sizeof(map[0]);
	char *argv[] = {path->p, NULL};
	struct proc_start start = {
	    .path = path->p,
	    .argv = argv,
	    .cwd = site->home,
	    .map = map,
	    .n = map[fds - 1].to == -1 ? fds - 1 : fds,
	};

	return proc_spawn(&start, e);
}

int
submit_find_program(const struct site *site, struct str *path, struct err *e)
{
	const char *wanted = getenv("QMAILQUEUE");

	if (wanted == NULL)
		return site_find_program(site, "qmail-queue", path, e);
	str_put_cstr(path, wanted);
	if (str_cstr(path) != NULL)
		return 0;
	errno = ENOMEM;
	return err_sys(e, "run", wanted);
}

static pid_t
find_and_start(const struct pipes *p, const struct site *site, struct err *e)
{
	struct str path = {0};
	pid_t pid = -1;

	if (submit_find_program(site, &path, e) == 0)
		pid = start_program(p, site, &path, e);
	str_free(&path);
	return pid;
}

/* Whatever keeps us from starting it is local trouble. */
static int
refuse(struct err *e)
{
	static const char code[] = " (#4.3.0)";
	size_t n;

	if (e == NULL)
		return -1;
	n = strlen(e->text);
	if (n > sizeof(e->text) - sizeof(code))
		n = sizeof(e->text) - sizeof(code);
	memcpy(e->text + n, code, sizeof(code));
	e->kind = ERR_SYS;
	return -1;
}

static int
open_outputs(struct submit *q, const struct pipes *p)
{
	if (out_open(&q->message, p->message[1]) == -1)
		return -1;
	if (out_open(&q->envelope, p->envelope[1]) == 0)
		return 0;
	out_close(&q->message);
	return -1;
}

int
submit_open(struct submit *q, const struct site *site, struct err *e)
{
	struct pipes p;

	*q = (struct submit){.pid = -1, .error_fd = -1};
	if (open_pipes(&p) == -1) {
		err_sys(e, "make", "pipes for qmail-queue");
		return refuse(e);
	}
	if (open_outputs(q, &p) == -1) {
		close_pipes(&p);
		errno = ENOMEM;
		err_sys(e, "make", "buffers for qmail-queue");
		return refuse(e);
	}
	q->pid = find_and_start(&p, site, e);
	if (q->pid == -1) {
		out_close(&q->message);
		out_close(&q->envelope);
		close_pipes(&p);
		return refuse(e);
	}
	q->error_fd = p.error[0];
	fd_close(&p.message[0]);
	fd_close(&p.envelope[0]);
	fd_close(&p.error[1]);
	return 0;
}

void
submit_put(struct submit *q, struct span bytes)
{
	out_put(&q->message, bytes);
}

void
submit_put_cstr(struct submit *q, const char *text)
{
	out_put_cstr(&q->message, text);
}

/* Closes one of our ends for good. After a failure what is still buffered must
 * not be written: the child shall see its input break off. */
static void
finish_output(struct submit *q, struct out *out)
{
	int fd = out->fd;

	if (fd == -1)
		return;
	if (out->sys != 0)
		q->failed = true;
	if (!q->failed && out_flush(out) == -1)
		q->failed = true;
	out_close(out);
	fd_close(&fd);
}

void
submit_from(struct submit *q, struct span sender)
{
	finish_output(q, &q->message);
	out_putc(&q->envelope, 'F');
	out_put(&q->envelope, sender);
	out_putc(&q->envelope, '\0');
}

void
submit_to(struct submit *q, struct span recipient)
{
	/* what is buffered is flushed only now and then: nothing may reach
	 * the child once the message is abandoned */
	if (q->failed)
		return;
	out_putc(&q->envelope, 'T');
	out_put(&q->envelope, recipient);
	out_putc(&q->envelope, '\0');
}

void
submit_fail(struct submit *q)
{
	q->failed = true;
}

static void
end_envelope(struct submit *q)
{
	if (q->message.fd != -1) /* there was no envelope at all */
		q->failed = true;
	finish_output(q, &q->message);
	if (!q->failed)
		out_putc(&q->envelope, '\0');
	finish_output(q, &q->envelope);
}

static bool
is_printable(char c)
{
	return c >= ' ' && c <= '~';
}

/* A line end in it would end the reply line of an SMTP server. */
static void
put_safely(struct str *out, struct span bytes)
{
	for (size_t i = 0; i < bytes.n; i++) {
		char c = bytes.p[i];

		if (c == '\n' || c == '\r' || c == '\t')
			c = ' ';
		str_putc(out, is_printable(c) ? c : '?');
	}
}

static struct span
trim(struct span s)
{
	while (s.n > 0 && (unsigned char)s.p[s.n - 1] <= ' ')
		s.n--;
	return s;
}

static bool
take_custom(int status, struct span said, char *letter, struct str *text)
{
	struct span sentence = trim(span_from(said, 1));

	if (status != QUEUE_EXIT_CUSTOM && status != QUEUE_EXIT_CUSTOM2)
		return false;
	if (said.n < ERROR_TEXT_MIN || sentence.n == 0)
		return false;
	*letter = said.p[0] == 'D' ? 'D' : 'Z';
	put_safely(text, sentence);
	return true;
}

static const struct queue_exit_row *
row_of(const struct submit *q, int wait_status)
{
	int status;

	if (!WIFEXITED(wait_status))
		return queue_exit_crashed();
	status = WEXITSTATUS(wait_status);
	/* accepted, but not what we meant */
	if (status == QUEUE_EXIT_OK && q->failed)
		status = QUEUE_EXIT_READ;
	return queue_exit_find(status);
}

char
submit_close(struct submit *q, struct str *text)
{
	const struct queue_exit_row *row;
	char said[ERROR_TEXT_MAX];
	int wait_status = 0;
	ssize_t got;
	char letter;

	end_envelope(q);
	/* to its end before waiting: the child may write before it reads */
	got = fd_read_full(q->error_fd, said, sizeof(said));
	fd_close(&q->error_fd);
	if (proc_wait(q->pid, &wait_status) == -1) {
		row = queue_exit_crashed();
	} else {
		struct span bytes = {said, got > 0 ? (size_t)got : 0};

		if (WIFEXITED(wait_status) &&
		    take_custom(WEXITSTATUS(wait_status), bytes, &letter, text))
			return letter;
		row = row_of(q, wait_status);
	}
	if (row->letter != 'K')
		queue_exit_put(text, row);
	return row->letter;
}
