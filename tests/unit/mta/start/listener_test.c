/* SPDX-License-Identifier: ISC */
#include "mta/start/listener.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/unit.h"

static const struct {
	struct span text;
	const char *host; /* NULL: refused */
	const char *port;
} cases[] = {
    {SPAN_INIT("127.0.0.1:25"), "127.0.0.1", "25"},
    {SPAN_INIT("0.0.0.0:65535"), "0.0.0.0", "65535"},
    {SPAN_INIT("[::1]:2525"), "::1", "2525"},
    {SPAN_INIT("[2001:db8::25]:25"), "2001:db8::25", "25"},
    {SPAN_INIT("[::ffff:192.0.2.1]:25"), "::ffff:192.0.2.1", "25"},
    {SPAN_INIT("::1:25"), NULL, NULL},
    {SPAN_INIT("[127.0.0.1]:25"), NULL, NULL},
    {SPAN_INIT("[::1:25"), NULL, NULL},
    {SPAN_INIT("[::1]25"), NULL, NULL},
    {SPAN_INIT("::1]:25"), NULL, NULL},
    {SPAN_INIT("127.0.0.1"), NULL, NULL},
    {SPAN_INIT("127.0.0.1:"), NULL, NULL},
    {SPAN_INIT(":25"), NULL, NULL},
    {SPAN_INIT("127.0.0.1:0"), NULL, NULL},
    {SPAN_INIT("127.0.0.1:025"), NULL, NULL},
    {SPAN_INIT("127.0.0.1:65536"), NULL, NULL},
    {SPAN_INIT("127.0.0.1:-1"), NULL, NULL},
    {SPAN_INIT("127.0.0.1:smtp"), NULL, NULL},
    {SPAN_INIT("mail.example:25"), NULL, NULL},
    {SPAN_INIT("127.0.0.1\0:25"), NULL, NULL},
    {SPAN_INIT("127.0.0.1 :25"), NULL, NULL},
    {SPAN_INIT(""), NULL, NULL},
    {SPAN_INIT("["), NULL, NULL},
    {SPAN_INIT("0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:25"),
        NULL, NULL},
};

START_TEST(lines_of_smtplisten)
{
	struct listener l;
	bool good = listener_parse(cases[_i].text, &l);

	ck_assert_msg(good == (cases[_i].host != NULL), "%.*s",
	    (int)cases[_i].text.n, cases[_i].text.p);
	if (!good)
		return;
	ck_assert_str_eq(l.host, cases[_i].host);
	ck_assert_str_eq(l.port, cases[_i].port);
}
END_TEST

START_TEST(a_taken_port_is_seen)
{
	struct sockaddr_storage bound;
	struct listener l;
	socklen_t size = sizeof(bound);
	struct err e = {0};
	int fd;

	ck_assert(listener_parse(SPAN("127.0.0.1:1"), &l));
	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	/* port 0 in the address: the system chooses one */
	memset((char *)&l.address + 2, 0, 2);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&l.address, l.size), 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&bound, &size), 0);
	l.address = bound;
	ck_assert(!listener_accepts(&l));
	ck_assert_int_eq(listen(fd, 4), 0);
	ck_assert(listener_accepts(&l));
	ck_assert_int_eq(listener_check_free(&l, &e), -1);
	(void)close(fd);
	ck_assert_int_eq(listener_check_free(&l, &e), 0);
	ck_assert(!listener_accepts(&l));
}
END_TEST

int
main(void)
{
	TCase *all = unit_begin("start/listener");

	tcase_add_loop_test(all, lines_of_smtplisten, 0, ROWS(cases));
	tcase_add_test(all, a_taken_port_is_seen);
	return unit_end();
}
