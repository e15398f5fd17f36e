/* SPDX-License-Identifier: ISC */
/* A fast SMTP server that accepts every message and keeps none.
 *
 *	sinkserver ADDRESS PORTFILE TAKEN [AT_ONCE]
 *
 * Listens on a free port of the IPv4 address and writes its number to PORTFILE.
 * For each recipient of each message TAKEN gets a line "I RECIPIENT", I being
 * the number of the field X-Ledger ("-" without one), in one write per message,
 * before the client is told. Until AT_ONCE sessions have been open at the same
 * time, or a minute is over, no message is answered. SIGTERM ends it; it then
 * prints how many sessions there were and how many at once. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/ascii.h"
#include "base/clock.h"
#include "base/fd.h"
#include "base/num.h"
#include "base/str.h"

enum {
	SESSIONS = 4096,
	READ_BYTES = 65536,
	LINE_MAX_BYTES = 65536,
	HOLD_MS = 60000
};

struct session {
	struct str in, out; /* not yet understood; not yet sent */
	struct str recipients;
	struct str number; /* of X-Ledger */
	bool in_data, in_header, is_over;
	int64_t answer_at; /* ms, at the latest; 0: nothing is held back */
};

struct sink {
	struct session session[SESSIONS];
	struct pollfd fd[SESSIONS + 1]; /* the last one listens */
	size_t n, peak, total;
	int taken;
	uint64_t at_once;
	struct str lines;
};

static volatile sig_atomic_t is_ending;

static void
see_term(int number)
{
	(void)number;
	is_ending = 1;
}

static void
fail(const char *what)
{
	perror(what);
	exit(1);
}

static void
say(struct session *s, const char *line)
{
	str_put_cstr(&s->out, line);
	str_put(&s->out, SPAN("\r\n"));
}

/* The books are written before the client may believe that we have it. */
static void
note(struct sink *k, struct session *s)
{
	struct span rest = str_span(&s->recipients), recipient;

	str_reset(&k->lines);
	while (span_take_nul(&rest, &recipient)) {
		if (s->number.n == 0)
			str_putc(&k->lines, '-');
		str_put(&k->lines, str_span(&s->number));
		str_putc(&k->lines, ' ');
		str_put(&k->lines, recipient);
		str_putc(&k->lines, '\n');
	}
	if (!str_ok(&k->lines) ||
	    fd_write_full(k->taken, k->lines.p, k->lines.n) == -1)
		fail("write the list of messages");
}

static void
data_line(struct sink *k, struct session *s, struct span line)
{
	if (span_eq(line, SPAN("."))) {
		note(k, s);
		str_reset(&s->recipients);
		s->in_data = false;
		if (k->peak < k->at_once)
			s->answer_at = clock_monotonic_ms() + HOLD_MS;
		else
			say(s, "250 taken");
		return;
	}
	if (line.n == 0)
		s->in_header = false;
	if (s->in_header && span_take_prefix(&line, SPAN("X-Ledger: "))) {
		str_reset(&s->number);
		str_put(&s->number, line);
	}
}

static void
add_recipient(struct session *s, struct span line)
{
	size_t open = span_find(line, '<', 0), close = span_find(line, '>', 0);

	if (open < close && close < line.n)
		str_put(&s->recipients,
		    span_first(span_from(line, open + 1), close - open - 1));
	str_putc(&s->recipients, '\0');
	say(s, "250 ok");
}

static void
command(struct session *s, struct span line)
{
	struct span word = span_first(line, 4);

	if (ascii_eq_nocase(word, SPAN("EHLO"))) {
		say(s, "250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n"
		       "250 SIZE 0");
	} else if (ascii_eq_nocase(word, SPAN("RCPT"))) {
		add_recipient(s, line);
	} else if (ascii_eq_nocase(word, SPAN("DATA"))) {
		s->in_data = s->in_header = true;
		str_reset(&s->number);
		say(s, "354 go");
	} else if (ascii_eq_nocase(word, SPAN("QUIT"))) {
		s->is_over = true;
		say(s, "221 bye");
	} else {
		str_reset(&s->recipients);
		say(s, "250 ok");
	}
}

/* Every whole line that is there, as long as no answer is held back. */
static void
understand(struct sink *k, struct session *s)
{
	struct span rest = str_span(&s->in), line;

	while (s->answer_at == 0 && !s->is_over &&
	       span_find(rest, '\n', 0) < rest.n &&
	       span_take_line(&rest, &line)) {
		if (line.n > 0 && line.p[line.n - 1] == '\r')
			line.n--;
		if (s->in_data)
			data_line(k, s, line);
		else
			command(s, line);
	}
	if (rest.n > 0 && rest.p != s->in.p)
		memmove(s->in.p, rest.p, rest.n);
	str_cut(&s->in, rest.n);
}

static bool
receive(struct session *s, int fd)
{
	char *room = str_room(&s->in, READ_BYTES);
	ssize_t got;

	if (room == NULL || s->in.n > LINE_MAX_BYTES)
		return false;
	got = read(fd, room, READ_BYTES);
	if (got > 0)
		str_added(&s->in, (size_t)got);
	return got > 0 || (got == -1 && (errno == EAGAIN || errno == EINTR));
}

static bool
transmit(struct session *s, int fd)
{
	ssize_t put;

	if (s->out.n == 0)
		return true;
	if (!str_ok(&s->out))
		return false;
	put = write(fd, s->out.p, s->out.n);
	if (put == -1)
		return errno == EAGAIN || errno == EINTR;
	memmove(s->out.p, s->out.p + put, s->out.n - (size_t)put);
	str_cut(&s->out, s->out.n - (size_t)put);
	return true;
}

/* False when the session has ended. */
static bool
serve(struct sink *k, size_t i, int64_t now)
{
	struct session *s = &k->session[i];
	struct pollfd *p = &k->fd[i];

	if ((p->revents & (POLLIN | POLLHUP | POLLERR)) != 0 &&
	    !receive(s, p->fd))
		return false;
	if (s->answer_at != 0 &&
	    (k->peak >= k->at_once || now >= s->answer_at)) {
		s->answer_at = 0;
		say(s, "250 taken");
	}
	understand(k, s);
	if (!transmit(s, p->fd) || (s->is_over && s->out.n == 0))
		return false;
	p->events = s->out.n > 0 ? POLLIN | POLLOUT : POLLIN;
	return true;
}

static void
drop(struct sink *k, size_t i)
{
	struct session *s = &k->session[i];

	fd_close(&k->fd[i].fd);
	str_free(&s->in);
	str_free(&s->out);
	str_free(&s->recipients);
	str_free(&s->number);
	k->n--;
	k->session[i] = k->session[k->n];
	k->fd[i] = k->fd[k->n];
	k->session[k->n] = (struct session){.is_over = false};
}

static void
admit(struct sink *k, int listener)
{
	int on = 1, fd;

	while (k->n < SESSIONS) {
		fd =
		    accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
		if (fd == -1)
			return;
		(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
		k->fd[k->n] = (struct pollfd){.fd = fd, .events = POLLIN};
		say(&k->session[k->n], "220 sink ESMTP");
		k->n++;
		k->total++;
		if (k->n > k->peak)
			k->peak = k->n;
	}
}

/* ms until the first answer that is held back */
static int
next_answer(const struct sink *k, int64_t now)
{
	int64_t first = -1;

	for (size_t i = 0; i < k->n; i++) {
		int64_t at = k->session[i].answer_at;

		if (at != 0 && (first == -1 || at < first))
			first = at;
	}
	if (first == -1)
		return -1;
	return first > now && k->peak < k->at_once ? (int)(first - now) : 0;
}

/* A client may have spoken already, but is not waited for. */
static void
greet(struct sink *k, int listener, int64_t now)
{
	size_t old = k->n;

	admit(k, listener);
	for (size_t i = k->n; i > old; i--) {
		k->fd[i - 1].revents = 0;
		if (!serve(k, i - 1, now))
			drop(k, i - 1);
	}
}

static void
run(struct sink *k, int listener)
{
	while (!is_ending) {
		int64_t now = clock_monotonic_ms();
		bool knocks;

		k->fd[k->n] = (struct pollfd){.fd = listener, .events = POLLIN};
		if (poll(k->fd, k->n + 1, next_answer(k, now)) == -1 &&
		    errno != EINTR)
			fail("poll");
		knocks = (k->fd[k->n].revents & POLLIN) != 0;
		now = clock_monotonic_ms();
		for (size_t i = k->n; i > 0; i--) {
			if (!serve(k, i - 1, now))
				drop(k, i - 1);
		}
		if (knocks)
			greet(k, listener, now);
	}
}

static int
listen_at(const char *address, const char *portfile)
{
	struct sockaddr_in a = {.sin_family = AF_INET};
	socklen_t size = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	FILE *out;

	if (fd == -1 || inet_pton(AF_INET, address, &a.sin_addr) != 1 ||
	    bind(fd, (struct sockaddr *)&a, sizeof(a)) == -1 ||
	    listen(fd, 1024) == -1 ||
	    getsockname(fd, (struct sockaddr *)&a, &size) == -1)
		fail(address);
	out = fopen(portfile, "w");
	if (out == NULL || fprintf(out, "%d\n", ntohs(a.sin_port)) < 0 ||
	    fclose(out) != 0)
		fail(portfile);
	return fd;
}

int
main(int argc, char **argv)
{
	static struct sink sink;
	struct sigaction term = {.sa_handler = see_term};

	if (argc < 4 || argc > 5 ||
	    (argc == 5 &&
	        !num_parse_u64(span_cstr(argv[4]), SESSIONS, &sink.at_once))) {
		fprintf(stderr,
		    "usage: sinkserver ADDRESS PORTFILE TAKEN [AT_ONCE]\n");
		return 100;
	}
	sink.taken =
	    open(argv[3], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	if (sink.taken == -1)
		fail(argv[3]);
	(void)signal(SIGPIPE, SIG_IGN);
	(void)sigaction(SIGTERM, &term, NULL);
	run(&sink, listen_at(argv[1], argv[2]));
	printf("%zu sessions, at most %zu at once\n", sink.total, sink.peak);
	return fflush(stdout) == 0 ? 0 : 1;
}
