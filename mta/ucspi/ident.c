/* SPDX-License-Identifier: ISC */
#include "base/ascii.h"
#include "base/clock.h"
#include "base/fd.h"
#include "mta/ucspi/tcp_env.h"
#include "net/tcp.h"

enum {
	IDENT_PORT = 113,
	USER_MAX = 999,
	ANSWER_MAX = 2000, /* the name, and what stands before it */
	COLONS = 3,
};

bool
ident_parse(struct span line, struct str *user)
{
	unsigned colons = 0;

	for (size_t i = 0; i < line.n && user->n < USER_MAX; i++) {
		char c = line.p[i];

		if (ascii_is_blank(c) || c == '\r')
			continue;
		if (c == '\n' || c == '\0')
			break;
		if (colons == COLONS)
			str_putc(user, c);
		else if (c == ':')
			colons++;
	}
	return user->n > 0;
}

/* Seconds until the deadline, rounded up. */
static int
seconds_left(int64_t deadline_ms)
{
	int64_t left = deadline_ms - clock_monotonic_ms();

	return left <= 0 ? 0 : (int)((left + 999) / 1000);
}

static void
put_question(const struct tcp_env_connection *c, struct str *text)
{
	str_put_u64(text, c->remote.port);
	str_put_cstr(text, " , ");
	str_put_u64(text, c->local.port);
	str_put_cstr(text, "\r\n");
}

static void
read_answer(int fd, int64_t deadline_ms, struct str *answer)
{
	while (answer->n < ANSWER_MAX &&
	       span_find(str_span(answer), '\n', 0) == answer->n) {
		char *room = str_room(answer, ANSWER_MAX);
		ssize_t got = -1;

		if (room != NULL)
			got = tcp_read(fd, room, ANSWER_MAX - answer->n,
			    seconds_left(deadline_ms));
		if (got <= 0)
			return;
		str_added(answer, (size_t)got);
	}
}

void
ident_ask(const struct tcp_env_connection *c, unsigned timeout_s,
    struct str *user)
{
	int64_t deadline_ms = clock_monotonic_ms() + (int64_t)timeout_s * 1000;
	struct str text = {0};
	int fd;

	fd = tcp_connect(&c->remote.ip, IDENT_PORT, &c->local.ip,
	    (int)timeout_s, NULL);
	if (fd < 0)
		return;
	put_question(c, &text);
	if (str_ok(&text) &&
	    tcp_write(fd, text.p, text.n, seconds_left(deadline_ms)) == 0) {
		str_reset(&text);
		read_answer(fd, deadline_ms, &text);
		if (!ident_parse(str_span(&text), user))
			str_reset(user);
	}
	str_free(&text);
	fd_close(&fd);
}
