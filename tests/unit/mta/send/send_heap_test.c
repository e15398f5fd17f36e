/* SPDX-License-Identifier: ISC */
#include "mta/send/send_heap.h"

#include "tests/support/unit.h"

START_TEST(entries_come_out_in_the_order_of_time)
{
	struct send_heap h = {0};
	uint64_t random = 12345;
	int64_t last = 0;

	for (uint64_t i = 0; i < 1000; i++) {
		random = random * 6364136223846793005U + 1442695040888963407U;
		ck_assert(send_heap_push(&h,
		    send_entry(i + 1, (int64_t)(random >> 40), i & 3)));
	}
	for (size_t n = h.n; n > 0; n--) {
		const struct send_entry *first = send_heap_first(&h);

		ck_assert_uint_eq(send_entry_flags(first), (first->id - 1) & 3);
		ck_assert_int_ge(send_entry_when(first), last);
		last = send_entry_when(first);
		send_heap_drop(&h);
	}
	ck_assert_ptr_null(send_heap_first(&h));
	send_heap_free(&h);
}
END_TEST

static const struct {
	int64_t when, want;
} times[] = {
    {0, 0},
    {-1, 0},
    {INT64_MIN, 0},
    {INT64_C(4291747200), INT64_C(4291747200)},
    {INT64_MAX, INT64_MAX >> 8},
};

START_TEST(times_are_kept_or_clamped)
{
	struct send_entry e = send_entry(UINT64_MAX, times[_i].when,
	    SEND_MAY_OTHER | SEND_MAY_BOUNCE);

	ck_assert_int_eq(send_entry_when(&e), times[_i].want);
	ck_assert_uint_eq(send_entry_flags(&e), 3);
	ck_assert_uint_eq(e.id, UINT64_MAX);
}
END_TEST

START_TEST(a_promised_place_needs_no_memory)
{
	struct send_heap h = {0};
	size_t promised = 0;

	ck_assert(send_heap_push(&h, send_entry(1, 10, 0)));
	(void)send_heap_take(&h);
	while (send_heap_promise(&h) && ++promised < 100)
		;
	fault_at(FAULT_REALLOC, 1, 0);
	send_heap_put_back(&h, send_entry(1, 20, 0));
	for (size_t i = 0; i < promised; i++)
		send_heap_put_back(&h, send_entry(i + 2, 30, 0));
	fault_at(FAULT_REALLOC, 0, 0);
	ck_assert_uint_eq(h.n, promised + 1);
	ck_assert_uint_eq(h.promised, 0);
	send_heap_free(&h);
}
END_TEST

START_TEST(without_memory_nothing_changes)
{
	struct send_heap h = {0};

	fault_at(FAULT_REALLOC, 1, 0);
	ck_assert(!send_heap_push(&h, send_entry(1, 10, 0)));
	fault_at(FAULT_REALLOC, 1, 0);
	ck_assert(!send_heap_promise(&h));
	fault_at(FAULT_REALLOC, 0, 0);
	ck_assert_uint_eq(h.n + h.promised, 0);
}
END_TEST

START_TEST(all_due_keeps_the_order_of_what_is_due)
{
	struct send_heap h = {0};

	for (int64_t i = 0; i < 10; i++)
		ck_assert(send_heap_push(&h,
		    send_entry((uint64_t)i + 1, 100 - i * 10, 0)));
	send_heap_all_due(&h, 35);
	for (uint64_t i = 0; i < 3; i++) {
		ck_assert_uint_eq(send_heap_first(&h)->id, 10 - i);
		send_heap_drop(&h);
	}
	for (int i = 0; i < 7; i++) {
		ck_assert_int_eq(send_entry_when(send_heap_first(&h)), 35);
		send_heap_drop(&h);
	}
	send_heap_free(&h);
}
END_TEST

START_TEST(sixteen_bytes_each)
{
	ck_assert_uint_eq(sizeof(struct send_entry), 16);
}
END_TEST

int
main(void)
{
	TCase *t = unit_begin("send/send_heap");

	tcase_add_test(t, entries_come_out_in_the_order_of_time);
	tcase_add_loop_test(t, times_are_kept_or_clamped, 0, ROWS(times));
	tcase_add_test(t, a_promised_place_needs_no_memory);
	tcase_add_test(t, without_memory_nothing_changes);
	tcase_add_test(t, all_due_keeps_the_order_of_what_is_due);
	tcase_add_test(t, sixteen_bytes_each);
	return unit_end();
}
