/* SPDX-License-Identifier: ISC */
#include "mta/send/send_channel.h"

#include <unistd.h>

#include "base/fd.h"
#include "tests/support/unit.h"

/* A channel and the spawner's ends of its pipes. */
struct pair {
	struct send_channel c;
	int commands; /* what the spawner reads */
	int reports;  /* what it writes */
};

static struct pair
open_pair(bool wide, struct span greeting, unsigned wanted, int want)
{
	int to[2], from[2];
	struct pair p;

	ck_assert_int_eq(fd_pipe(to), 0);
	ck_assert_int_eq(fd_pipe(from), 0);
	ck_assert_int_eq(fd_write_full(from[1], greeting.p, greeting.n), 0);
	p.commands = to[0];
	p.reports = from[1];
	if (want == -1)
		fd_close(&p.reports);
	ck_assert_int_eq(send_channel_open(&p.c, to[1], from[0], wide, wanted),
	    want);
	return p;
}

static const struct {
	bool wide;
	struct span bytes;
	unsigned wanted;
	int rc;
	unsigned limit;
} greetings[] = {
    {false, SPAN_INIT("\x78"), 500, 0, 120},
    {false, SPAN_INIT("\x78"), 20, 0, 20},
    {false, SPAN_INIT("\xff"), 500, 0, 255},
    {false, SPAN_INIT("\0"), 500, 0, 0},
    {true, SPAN_INIT("\xfd\x01"), 60000, 0, 509},
    {true, SPAN_INIT("\xe8\xfd"), 65535, 0, 65000},
    {false, SPAN_INIT(""), 20, -1, 0},
    {true, SPAN_INIT("\x78"), 20, -1, 0},
};

START_TEST(greeting)
{
	struct pair p = open_pair(greetings[_i].wide, greetings[_i].bytes,
	    greetings[_i].wanted, greetings[_i].rc);

	if (greetings[_i].rc == 0)
		ck_assert_uint_eq(p.c.limit, greetings[_i].limit);
	send_channel_free(&p.c);
}
END_TEST

START_TEST(slots_are_reused_and_limited)
{
	struct pair p = open_pair(false, SPAN("\x03"), 10, 0);
	unsigned numbers[3];

	for (unsigned i = 0; i < 3; i++) {
		ck_assert(send_channel_is_free(&p.c));
		ck_assert_ptr_nonnull(
		    send_channel_take_slot(&p.c, SPAN("a@b"), &numbers[i]));
		ck_assert_uint_lt(numbers[i], 3);
		ck_assert_ptr_nonnull(send_channel_find(&p.c, numbers[i]));
	}
	ck_assert(!send_channel_is_free(&p.c));
	send_channel_free_slot(&p.c, numbers[1]);
	ck_assert_ptr_null(send_channel_find(&p.c, numbers[1]));
	ck_assert_ptr_null(send_channel_find(&p.c, 3));
	ck_assert_ptr_null(send_channel_find(&p.c, 65535));
	ck_assert_ptr_nonnull(
	    send_channel_take_slot(&p.c, SPAN("c@d"), &numbers[2]));
	ck_assert_uint_eq(numbers[2], numbers[1]);
	ck_assert_uint_eq(p.c.used, 3);
	send_channel_free(&p.c);
}
END_TEST

START_TEST(without_memory_there_is_no_slot)
{
	struct pair p = open_pair(false, SPAN("\x03"), 10, 0);
	struct send_slot *slot = NULL;
	unsigned number;

	for (int nth = 1; slot == NULL; nth++) {
		ck_assert_uint_eq(p.c.used, 0);
		fault_at(FAULT_REALLOC, nth, 0);
		slot = send_channel_take_slot(&p.c, SPAN("a@b"), &number);
	}
	fault_at(FAULT_REALLOC, 0, 0);
	ck_assert_uint_eq(p.c.used, 1);
	send_channel_free(&p.c);
}
END_TEST

/* More commands than the pipe takes: nothing blocks, nothing is lost. */
START_TEST(commands_arrive_whole)
{
	struct pair p = open_pair(true, SPAN("\xff\xff"), 60000, 0);
	struct spawn_command c =
	                         {
	                             .mess = SPAN("20/457"),
	                             .sender = SPAN("joe@a.example"),
	                             .recipient = SPAN("bob@r.example"),
	                         },
	                     got;
	struct str in = {0};
	struct span rest;
	unsigned started = 0;

	for (int i = 0; i < 10000 && send_channel_is_free(&p.c); i++) {
		c.delivery = started++;
		ck_assert(send_channel_command(&p.c, &c));
		ck_assert_int_eq(send_channel_flush(&p.c), 0);
	}
	ck_assert(send_channel_has_output(&p.c));
	ck_assert_uint_lt(started, 10000);
	ck_assert_int_eq(fd_set_nonblocking(p.commands), 0);
	for (;;) {
		ssize_t n = read(p.commands, str_room(&in, 65536), 65536);

		if (n > 0)
			str_added(&in, (size_t)n);
		else if (!send_channel_has_output(&p.c))
			break;
		ck_assert_int_eq(send_channel_flush(&p.c), 0);
	}
	rest = str_span(&in);
	for (unsigned i = 0; i < started; i++) {
		ck_assert(spawn_command_take(&rest, true, &got));
		ck_assert_uint_eq(got.delivery, i);
	}
	ck_assert_uint_eq(rest.n, 0);
	close(p.commands);
	ck_assert(send_channel_command(&p.c, &c));
	str_free(&in);
	send_channel_free(&p.c);
}
END_TEST

START_TEST(reports_in_any_pieces)
{
	static const char bytes[] = "\0Kone\n\0\3Dtwo\0\7\0\1Z\n\0";
	struct pair p = open_pair(false, SPAN("\x78"), 10, 0);
	struct str told = {0};
	struct spawn_report r;

	for (size_t i = 0; i < sizeof(bytes) - 1; i++) {
		ck_assert_int_eq(fd_write_full(p.reports, bytes + i, 1), 0);
		ck_assert_int_eq(send_channel_read(&p.c), 0);
		while (send_channel_next(&p.c, &r)) {
			str_put_u64(&told, r.delivery);
			str_putc(&told, r.letter == '\0' ? '-' : r.letter);
			str_put(&told, r.text);
			str_putc(&told, ';');
		}
	}
	ck_span(str_span(&told), SPAN("0Kone\n;3Dtwo;7-;1Z\n;"), "told");
	fd_close(&p.reports);
	ck_assert_int_eq(send_channel_read(&p.c), -1);
	str_free(&told);
	send_channel_free(&p.c);
}
END_TEST

START_TEST(long_reports_are_cut)
{
	static char text[50000];
	struct pair p = open_pair(true, SPAN("\x78\0"), 10, 0);
	struct spawn_report r;

	memset(text, 'x', sizeof(text));
	text[0] = 5;
	text[1] = 0;
	text[2] = 'K';
	for (int i = 0; i < 20; i++) {
		ck_assert_int_eq(fd_write_full(p.reports,
		                     text + (i == 0 ? 0 : 3), 40000),
		    0);
		ck_assert_int_eq(send_channel_read(&p.c), 0);
		ck_assert(!send_channel_next(&p.c, &r));
		ck_assert_uint_lt(p.c.in.cap, 400000);
	}
	ck_assert_int_eq(fd_write_full(p.reports, "\0\6\0Zok\0", 7), 0);
	ck_assert_int_eq(send_channel_read(&p.c), 0);
	ck_assert(send_channel_next(&p.c, &r));
	ck_assert_uint_eq(r.delivery, 5);
	ck_assert_uint_eq(r.text.n, SPAWN_REPORT_MAX);
	ck_assert(send_channel_next(&p.c, &r));
	ck_assert_uint_eq(r.delivery, 6);
	send_channel_free(&p.c);
}
END_TEST

int
main(void)
{
	TCase *t = unit_begin("send/send_channel");

	tcase_add_loop_test(t, greeting, 0, ROWS(greetings));
	tcase_add_test(t, slots_are_reused_and_limited);
	tcase_add_test(t, without_memory_there_is_no_slot);
	tcase_add_test(t, commands_arrive_whole);
	tcase_add_test(t, reports_in_any_pieces);
	tcase_add_test(t, long_reports_are_cut);
	return unit_end();
}
