/* SPDX-License-Identifier: ISC */
#include "mta/send/send_garbage.h"

#include "tests/support/send_fixture.h"

static void
scan(struct fixture *f, struct str *requests)
{
	for (int i = 0; i < 20; i++)
		send_garbage_run(&f->s);
	ck_assert_int_eq(send_clean_flush(&f->s.clean), 0);
	fixture_drain(f->requests, requests);
}

/* The change time of a file cannot be set back: the clock goes forward. */
START_TEST(old_messages_that_belong_to_nothing_are_collected)
{
	struct fixture f;
	struct str requests = {0};
	int64_t made = (int64_t)time(NULL);

	fixture_open(&f, 10);
	f.s.now = made;
	for (uint64_t id = 1; id <= 4; id++)
		fixture_write(&f, QUEUE_MESS, id, SPAN("x"), 0);
	fixture_write(&f, QUEUE_INFO, 2, SPAN("Fa@b\0"), made);
	fixture_write(&f, QUEUE_TODO, 3, SPAN("Fa@b\0"), made);
	ck_assert_int_eq(mkdirat(f.s.queue, "mess/0/dir", 0700), 0);
	scan(&f, &requests);
	ck_span(str_span(&requests), SPAN(""), "young");
	ck_assert_int_eq(send_garbage_wake(&f.s), made + SEND_GARBAGE_EACH);

	f.s.now = made + SEND_GARBAGE_AGE - 10;
	fixture_write(&f, QUEUE_MESS, 4, SPAN("x"), f.s.now);
	scan(&f, &requests);
	ck_span(str_span(&requests), SPAN(""), "not quite old enough");

	f.s.now = made + SEND_GARBAGE_AGE + SEND_GARBAGE_EACH + 10;
	scan(&f, &requests);
	ck_span(str_span(&requests), SPAN("foop/1|"), "old");
	str_free(&requests);
	fixture_close(&f);
}
END_TEST

START_TEST(a_scan_comes_back_a_day_later)
{
	struct fixture f;
	struct str requests = {0};

	fixture_open(&f, 10);
	ck_assert_int_eq(send_garbage_wake(&f.s), 0);
	scan(&f, &requests);
	ck_assert_int_eq(send_garbage_wake(&f.s),
	    FIXTURE_NOW + SEND_GARBAGE_EACH);
	str_free(&requests);
	fixture_close(&f);
}
END_TEST

int
main(void)
{
	TCase *t = unit_begin("send/send_garbage");

	tcase_add_test(t, old_messages_that_belong_to_nothing_are_collected);
	tcase_add_test(t, a_scan_comes_back_a_day_later);
	return unit_end();
}
