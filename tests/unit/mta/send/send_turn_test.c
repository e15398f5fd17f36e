/* SPDX-License-Identifier: ISC */
#include "mta/send/send_turn.h"

#include <errno.h>

#include "base/file.h"
#include "tests/support/send_fixture.h"

/* Recipients of the commands that were written, "a;b;c;". */
static void
take_started(struct fixture *f, enum log_channel c, struct str *out)
{
	struct str bytes = {0};
	struct span rest;

	ck_assert_int_eq(send_channel_flush(&f->s.channel[c]), 0);
	fixture_drain(f->commands[c], &bytes);
	for (size_t i = 0; i < bytes.n; i++) {
		/* a delivery number 0 was shown as '|' as well */
		if (bytes.p[i] == '|')
			bytes.p[i] = '\0';
	}
	rest = str_span(&bytes);
	for (;;) {
		struct spawn_command command;

		if (!spawn_command_take(&rest, false, &command))
			break;
		str_put(out, command.recipient);
		str_putc(out, ';');
	}
	ck_assert_uint_eq(rest.n, 0);
	str_free(&bytes);
}

static void
report(struct fixture *f, enum log_channel c, unsigned delivery, char letter)
{
	struct spawn_report r = {delivery, letter, SPAN("text\n")};

	send_report_take(&f->s, c, &r);
}

START_TEST(messages_take_turns)
{
	struct fixture f;
	struct str got = {0};

	fixture_open(&f, 100);
	fixture_message(&f, 1, LOG_LOCAL, SPAN("Ta\0Tb\0Tc\0Td\0"), true);
	fixture_message(&f, 2, LOG_LOCAL, SPAN("Tx\0Ty\0"), true);
	fixture_message(&f, 3, LOG_LOCAL, SPAN("T1\0"), true);
	send_turn_run(&f.s, LOG_LOCAL);
	take_started(&f, LOG_LOCAL, &got);
	ck_span(str_span(&got), SPAN("a;x;1;b;y;c;d;"), "order");
	ck_assert_uint_eq(f.s.waiting[LOG_LOCAL].n_passes, 0);
	ck_assert_int_eq(send_turn_wake(&f.s, LOG_LOCAL), INT64_MAX);
	str_free(&got);
	fixture_close(&f);
}
END_TEST

START_TEST(no_more_than_there_are_places)
{
	struct fixture f;
	struct str got = {0};

	fixture_open(&f, 2);
	fixture_message(&f, 1, LOG_REMOTE, SPAN("Ta\0Tb\0Tc\0"), true);
	send_turn_run(&f.s, LOG_REMOTE);
	take_started(&f, LOG_REMOTE, &got);
	ck_span(str_span(&got), SPAN("a;b;"), "first");
	ck_assert_int_eq(send_turn_wake(&f.s, LOG_REMOTE), INT64_MAX);
	report(&f, LOG_REMOTE, 0, 'K');
	ck_assert_int_eq(send_turn_wake(&f.s, LOG_REMOTE), f.s.now);
	send_turn_run(&f.s, LOG_REMOTE);
	take_started(&f, LOG_REMOTE, &got);
	ck_span(str_span(&got), SPAN("a;b;c;"), "second");
	str_free(&got);
	fixture_close(&f);
}
END_TEST

START_TEST(new_mail_first_but_not_only)
{
	struct fixture f;
	struct str got = {0};

	fixture_open(&f, 100);
	for (uint64_t id = 1; id <= 20; id++)
		fixture_message(&f, id, LOG_LOCAL, SPAN("Tnew\0"), true);
	fixture_message(&f, 21, LOG_LOCAL, SPAN("Told\0"), false);
	send_turn_run(&f.s, LOG_LOCAL);
	take_started(&f, LOG_LOCAL, &got);
	ck_assert(span_has_prefix(str_span(&got),
	    SPAN("new;new;new;new;new;new;new;old;new;")));
	str_free(&got);
	fixture_close(&f);
}
END_TEST

START_TEST(what_is_left_goes_back_to_the_schedule)
{
	struct fixture f;
	struct str got = {0};
	const struct send_entry *first;

	fixture_open(&f, 100);
	fixture_message(&f, 1, LOG_REMOTE, SPAN("Ta\0Tb\0"), true);
	f.s.now += 1000;
	send_turn_run(&f.s, LOG_REMOTE);
	report(&f, LOG_REMOTE, 0, 'K');
	ck_assert_uint_eq(f.s.waiting[LOG_REMOTE].waiting.n, 0);
	report(&f, LOG_REMOTE, 1, 'Z');
	first = send_heap_first(&f.s.waiting[LOG_REMOTE].waiting);
	ck_assert_ptr_nonnull(first);
	ck_assert_int_eq(send_entry_when(first), FIXTURE_NOW + 51 * 51);
	ck_assert_int_eq(send_turn_wake(&f.s, LOG_REMOTE),
	    FIXTURE_NOW + 51 * 51);
	f.s.now = FIXTURE_NOW + 51 * 51;
	str_reset(&got);
	take_started(&f, LOG_REMOTE, &got);
	str_reset(&got);
	send_turn_run(&f.s, LOG_REMOTE);
	take_started(&f, LOG_REMOTE, &got);
	ck_span(str_span(&got), SPAN("b;"), "again");
	report(&f, LOG_REMOTE, 0, 'K');
	report(&f, LOG_REMOTE, 1, 'K');
	ck_assert(!fixture_has(&f, QUEUE_REMOTE, 1));
	ck_assert_uint_eq(f.s.done.n, 1);
	str_free(&got);
	fixture_close(&f);
}
END_TEST

/* A failure whose text cannot be written leaves T and is tried again. */
START_TEST(a_failure_is_marked_after_its_text_is_on_disk)
{
	struct fixture f;
	struct str bytes = {0};
	struct queue_path path;

	fixture_open(&f, 100);
	path = queue_path(&f.s.layout, QUEUE_REMOTE, 1);
	fixture_message(&f, 1, LOG_REMOTE, SPAN("Ta@b\0"), true);
	send_turn_run(&f.s, LOG_REMOTE);
	fault_at(FAULT_FSYNC, 1, ENOSPC);
	report(&f, LOG_REMOTE, 0, 'D');
	ck_assert(!fixture_has(&f, QUEUE_BOUNCE, 1));
	ck_assert_int_eq(file_load(f.s.queue, path.text, 100, &bytes, NULL), 0);
	ck_span(str_span(&bytes), SPAN("Ta@b\0"), "not marked");
	ck_assert_int_eq(send_report_wake(&f.s), f.s.now + 10);
	ck_assert_uint_eq(f.s.channel[LOG_REMOTE].used, 0);
	f.s.now += 10;
	send_report_retry(&f.s);
	ck_assert(fixture_has(&f, QUEUE_BOUNCE, 1));
	ck_assert(!fixture_has(&f, QUEUE_REMOTE, 1));
	ck_assert_uint_eq(f.s.done.n, 1);
	ck_assert_uint_eq(send_entry_flags(send_heap_first(&f.s.done)),
	    SEND_MAY_BOUNCE);
	fixture_drain(f.log, &f.logged);
	ck_assert_ptr_nonnull(strstr(str_cstr(&f.logged),
	    "alert: unable to append to bounce message; HELP! sleeping..."));
	str_free(&bytes);
	fixture_close(&f);
}
END_TEST

/* Whatever allocation fails, the message stays known and is delivered later. */
START_TEST(no_memory_delays_and_loses_nothing)
{
	for (int nth = 1; nth < 40; nth++) {
		struct fixture f;
		struct str got = {0};

		fixture_open(&f, 100);
		fixture_message(&f, 1, LOG_REMOTE, SPAN("Ta\0Tb\0"), true);
		fault_at(FAULT_REALLOC, nth, 0);
		send_turn_run(&f.s, LOG_REMOTE);
		fault_at(FAULT_REALLOC, 0, 0);
		for (int i = 0; i < 3; i++) {
			f.s.now += SEND_RETRY;
			send_turn_run(&f.s, LOG_REMOTE);
		}
		take_started(&f, LOG_REMOTE, &got);
		ck_span(str_span(&got), SPAN("a;b;"), "started");
		str_free(&got);
		fixture_close(&f);
	}
}
END_TEST

int
main(void)
{
	TCase *t = unit_begin("send/send_turn");

	tcase_add_test(t, messages_take_turns);
	tcase_add_test(t, no_more_than_there_are_places);
	tcase_add_test(t, new_mail_first_but_not_only);
	tcase_add_test(t, what_is_left_goes_back_to_the_schedule);
	tcase_add_test(t, a_failure_is_marked_after_its_text_is_on_disk);
	tcase_add_test(t, no_memory_delays_and_loses_nothing);
	return unit_end();
}
