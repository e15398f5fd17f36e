/* SPDX-License-Identifier: ISC */
/* Load generator for tests and benchmarks: P SMTP sessions at a time send N
 * messages between them and write down which ones were accepted.
 *
 *	smtpload ADDRESS PORT SESSIONS MESSAGES PER_SESSION BYTES ACCEPTED \
 *	    SENDER RECIPIENT [COUNT]
 *
 * Message number I has the field "X-Ledger: I" and BYTES bytes of body.
 * PER_SESSION messages go over one connection. With COUNT, every message has
 * COUNT recipients: each "%" in RECIPIENT is replaced by a number. ACCEPTED
 *gets a line "I" for each message that was answered 250. What was not is tried
 * again, on a new connection, at most TRIES times. Prints the rate. */
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

#include "base/clock.h"
#include "base/fd.h"
#include "base/num.h"
#include "base/str.h"

enum {
	SESSIONS = 4096,
	TRIES = 100,
	LINE_BYTES = 72,
	READ_BYTES = 4096,
	SILENCE_MS = 120000, /* nothing at all for so long: give up */
};

/* What the answer we wait for belongs to. */
enum step { GREETING, HELLO, MAIL, RCPT, DATA, END, QUIT };

struct session {
	enum step step;
	struct str in, out;
	uint64_t message;   /* its number */
	uint64_t recipient; /* the next one of it */
	uint64_t sent;      /* messages over this connection */
	int tries;
};

struct load {
	struct sockaddr_in to;
	uint64_t sessions, messages, per_session, bytes, recipients;
	const char *sender, *recipient;
	int accepted;
	uint64_t next, done, refused;
	size_t n;
	struct session session[SESSIONS];
	struct pollfd fd[SESSIONS];
};

static void
fail(const char *what)
{
	perror(what);
	exit(1);
}

static void
put_recipient(struct str *out, const char *pattern, uint64_t number)
{
	for (; *pattern != '\0'; pattern++) {
		if (*pattern == '%')
			str_put_u64(out, number);
		else
			str_putc(out, *pattern);
	}
}

static void
put_message(struct str *out, const struct load *l, uint64_t number)
{
	str_put_cstr(out, "From: load@client.example\r\nX-Ledger: ");
	str_put_u64(out, number);
	str_put_cstr(out, "\r\nSubject: load\r\n\r\n");
	for (uint64_t i = 0; i < l->bytes; i++) {
		if (i % LINE_BYTES == LINE_BYTES - 1)
			str_put_cstr(out, "\r\n");
		else
			str_putc(out, 'x');
	}
	str_put_cstr(out, "\r\n.\r\n");
}

static void
connect_session(struct load *l, size_t i)
{
	struct session *s = &l->session[i];
	int on = 1;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd == -1)
		fail("socket");
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (connect(fd, (struct sockaddr *)&l->to, sizeof(l->to)) == -1 &&
	    errno != EINPROGRESS)
		fail("connect");
	s->step = GREETING;
	s->sent = 0;
	str_reset(&s->in);
	str_reset(&s->out);
	l->fd[i] = (struct pollfd){.fd = fd, .events = POLLIN};
}

static void
note_accepted(struct load *l, uint64_t number)
{
	char line[32];
	int n =
	    snprintf(line, sizeof(line), "%llu\n", (unsigned long long)number);

	if (write(l->accepted, line, (size_t)n) != n)
		fail("write accepted list");
	l->done++;
}

static void
say_mail(const struct load *l, struct session *s)
{
	str_put_cstr(&s->out, "MAIL FROM:<");
	str_put_cstr(&s->out, l->sender);
	str_put_cstr(&s->out, ">\r\n");
	s->recipient = 0;
	s->step = MAIL;
}

static void
say_rcpt(const struct load *l, struct session *s)
{
	str_put_cstr(&s->out, "RCPT TO:<");
	put_recipient(&s->out, l->recipient, s->recipient++);
	str_put_cstr(&s->out, ">\r\n");
	s->step = RCPT;
}

/* Takes the next number. False when there is none left. */
static bool
next_message(struct load *l, struct session *s)
{
	if (l->next == l->messages)
		return false;
	s->message = l->next++;
	s->tries = TRIES;
	return true;
}

/* The message was accepted: another one, or the end of the connection. */
static void
finish(struct load *l, struct session *s)
{
	note_accepted(l, s->message);
	s->tries = 0;
	s->sent++;
	if (s->sent < l->per_session && next_message(l, s)) {
		say_mail(l, s);
		return;
	}
	str_put_cstr(&s->out, "QUIT\r\n");
	s->step = QUIT;
}

/* A good answer has come. False when the session is over. */
static bool
proceed(struct load *l, struct session *s)
{
	switch (s->step) {
	case GREETING:
		str_put_cstr(&s->out, "EHLO client.example\r\n");
		s->step = HELLO;
		return true;
	case HELLO:
		say_mail(l, s);
		return true;
	case MAIL:
	case RCPT:
		if (s->recipient < l->recipients) {
			say_rcpt(l, s);
			return true;
		}
		str_put_cstr(&s->out, "DATA\r\n");
		s->step = DATA;
		return true;
	case DATA:
		put_message(&s->out, l, s->message);
		s->step = END;
		return true;
	case END:
		finish(l, s);
		return true;
	case QUIT:
		break;
	}
	return false;
}

/* False when the session is over, for whatever reason. */
static bool
hear(struct load *l, struct session *s, struct span line)
{
	char want = s->step == DATA ? '3' : '2';

	if (line.n > 3 && line.p[3] == '-')
		return true;
	if (line.n == 0 || line.p[0] != want) {
		l->refused++;
		return false;
	}
	return proceed(l, s);
}

static bool
receive(struct load *l, struct session *s, int fd)
{
	char *room = str_room(&s->in, READ_BYTES);
	struct span rest, line;
	bool goes_on = true;
	ssize_t got;

	if (room == NULL)
		fail("memory");
	got = read(fd, room, READ_BYTES);
	if (got == -1 && (errno == EAGAIN || errno == EINTR))
		return true;
	if (got <= 0)
		return false;
	str_added(&s->in, (size_t)got);
	rest = str_span(&s->in);
	while (goes_on && span_find(rest, '\n', 0) < rest.n &&
	       span_take_line(&rest, &line))
		goes_on = hear(l, s, line);
	if (rest.n > 0)
		memmove(s->in.p, rest.p, rest.n);
	str_cut(&s->in, rest.n);
	return goes_on;
}

static bool
transmit(struct session *s, int fd)
{
	ssize_t put;

	if (s->out.n == 0)
		return true;
	if (!str_ok(&s->out))
		fail("memory");
	put = write(fd, s->out.p, s->out.n);
	if (put == -1)
		return errno == EAGAIN || errno == EINTR;
	memmove(s->out.p, s->out.p + put, s->out.n - (size_t)put);
	str_cut(&s->out, s->out.n - (size_t)put);
	return true;
}

static void
remove_session(struct load *l, size_t i)
{
	str_free(&l->session[i].in);
	str_free(&l->session[i].out);
	l->n--;
	l->session[i] = l->session[l->n];
	l->fd[i] = l->fd[l->n];
	l->session[l->n] = (struct session){.step = GREETING};
}

/* The connection has ended: a new one for the same message when it was not
 * accepted, else for the next. */
static void
end(struct load *l, size_t i)
{
	struct session *s = &l->session[i];

	fd_close(&l->fd[i].fd);
	if (s->tries > 1) {
		s->tries--;
		connect_session(l, i);
	} else if (s->tries == 1 || !next_message(l, s)) {
		remove_session(l, i);
	} else {
		connect_session(l, i);
	}
}

static void
turn(struct load *l)
{
	int got = poll(l->fd, l->n, SILENCE_MS);

	if (got == -1 && errno != EINTR)
		fail("poll");
	if (got == 0) {
		fprintf(stderr, "smtpload: the server is silent\n");
		exit(1);
	}
	for (size_t i = l->n; i > 0; i--) {
		struct session *s = &l->session[i - 1];
		struct pollfd *p = &l->fd[i - 1];

		if (p->revents == 0)
			continue;
		if (((p->revents & ~POLLOUT) != 0 && !receive(l, s, p->fd)) ||
		    !transmit(s, p->fd)) {
			end(l, i - 1);
			continue;
		}
		p->events = s->out.n > 0 ? POLLIN | POLLOUT : POLLIN;
	}
}

static int
run(struct load *l)
{
	int64_t start = clock_microseconds(), took;

	while (l->n < l->sessions && next_message(l, &l->session[l->n])) {
		connect_session(l, l->n);
		l->n++;
	}
	while (l->n > 0)
		turn(l);
	took = clock_microseconds() - start;
	printf("%llu messages in %.2f s, %.0f/s, %llu refused\n",
	    (unsigned long long)l->done, (double)took / 1e6,
	    (double)l->done * 1e6 / (double)(took > 0 ? took : 1),
	    (unsigned long long)l->refused);
	return l->done == l->messages ? 0 : 1;
}

static bool
parse(struct load *l, int argc, char **argv)
{
	uint64_t port;

	l->to.sin_family = AF_INET;
	l->recipients = 1;
	if (argc < 10 || argc > 11 ||
	    inet_pton(AF_INET, argv[1], &l->to.sin_addr) != 1 ||
	    !num_parse_u64(span_cstr(argv[2]), 65535, &port) ||
	    !num_parse_u64(span_cstr(argv[3]), SESSIONS, &l->sessions) ||
	    !num_parse_u64(span_cstr(argv[4]), 100000000, &l->messages) ||
	    !num_parse_u64(span_cstr(argv[5]), 100000000, &l->per_session) ||
	    !num_parse_u64(span_cstr(argv[6]), 1 << 30, &l->bytes) ||
	    (argc == 11 &&
	        !num_parse_u64(span_cstr(argv[10]), 1000000, &l->recipients)))
		return false;
	l->to.sin_port = htons((uint16_t)port);
	l->sender = argv[8];
	l->recipient = argv[9];
	return true;
}

int
main(int argc, char **argv)
{
	static struct load load;

	if (!parse(&load, argc, argv)) {
		fprintf(stderr,
		    "usage: smtpload ADDRESS PORT SESSIONS MESSAGES "
		    "PER_SESSION BYTES ACCEPTED SENDER RECIPIENT [COUNT]\n");
		return 100;
	}
	load.accepted =
	    open(argv[7], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	if (load.accepted == -1)
		fail(argv[7]);
	(void)signal(SIGPIPE, SIG_IGN);
	return run(&load);
}
