/* SPDX-License-Identifier: ISC */
#include "qmail/spawn_slots.h"

#include "tests/support/unit.h"

START_TEST(a_number_is_taken_once)
{
	struct spawn_slots s;
	struct spawn_slot *slot;

	ck_assert_int_eq(spawn_slots_init(&s, 2), 0);
	slot = spawn_slots_take(&s, 1);
	ck_assert_ptr_nonnull(slot);
	ck_assert_uint_eq(spawn_slots_number(&s, slot), 1);
	ck_assert_ptr_null(spawn_slots_take(&s, 1));
	ck_assert_ptr_null(spawn_slots_take(&s, 2));
	spawn_slots_release(&s, slot);
	ck_assert_ptr_nonnull(spawn_slots_take(&s, 1));
	ck_assert_uint_eq(s.used, 1);
	spawn_slots_free(&s);
}
END_TEST

START_TEST(a_slot_used_again_has_another_generation)
{
	struct spawn_slots s;
	struct spawn_slot *slot;
	uint32_t first;

	ck_assert_int_eq(spawn_slots_init(&s, 2), 0);
	slot = spawn_slots_take(&s, 0);
	ck_assert_ptr_nonnull(slot);
	first = slot->generation;
	spawn_slots_release(&s, slot);
	slot = spawn_slots_take(&s, 0);
	ck_assert_ptr_nonnull(slot);
	ck_assert_uint_ne(slot->generation, first);
	spawn_slots_free(&s);
}
END_TEST

/* Pids that share a chain of the hash, forgotten in another order. */
START_TEST(children_are_found_by_pid)
{
	static const pid_t pids[] = {100, 116, 132, 101};
	static const int order[] = {1, 3, 0, 2};
	struct spawn_slots s;

	ck_assert_int_eq(spawn_slots_init(&s, 4), 0);
	for (unsigned i = 0; i < 4; i++) {
		struct spawn_slot *slot = spawn_slots_take(&s, i);

		ck_assert_ptr_nonnull(slot);
		spawn_slots_started(&s, slot, pids[i]);
	}
	ck_assert_ptr_null(spawn_slots_died(&s, 148, 0));
	for (int i = 0; i < 4; i++) {
		int n = order[i];
		struct spawn_slot *slot = spawn_slots_died(&s, pids[n], 256);

		ck_assert_ptr_eq(slot, &s.slot[n]);
		ck_assert(slot->dead);
		ck_assert_int_eq(slot->status, 256);
		ck_assert_ptr_null(spawn_slots_died(&s, pids[n], 0));
	}
	ck_assert_uint_eq(s.running, 0);
	spawn_slots_free(&s);
}
END_TEST

START_TEST(deadlines_come_in_order)
{
	struct spawn_slots s;
	struct spawn_slot *slot[4];
	int64_t deadline;

	ck_assert_int_eq(spawn_slots_init(&s, 4), 0);
	ck_assert(!spawn_slots_next_deadline(&s, &deadline));
	for (unsigned i = 0; i < 4; i++) {
		slot[i] = spawn_slots_take(&s, i);
		ck_assert_ptr_nonnull(slot[i]);
		spawn_slots_wait(&s, slot[i], SPAWN_WAIT_RUN, 100 + i);
	}
	/* out of the middle, the front and the end of the list */
	spawn_slots_wait(&s, slot[1], SPAWN_WAIT_GRACE, 50);
	spawn_slots_wait(&s, slot[3], SPAWN_WAIT_NOTHING, 0);
	ck_assert(spawn_slots_next_deadline(&s, &deadline));
	ck_assert_int_eq(deadline, 50);
	ck_assert_ptr_null(spawn_slots_due(&s, 49));
	ck_assert_ptr_eq(spawn_slots_due(&s, 50), slot[1]);
	spawn_slots_release(&s, slot[1]);
	ck_assert(spawn_slots_next_deadline(&s, &deadline));
	ck_assert_int_eq(deadline, 100);
	ck_assert_ptr_eq(spawn_slots_due(&s, 200), slot[0]);
	spawn_slots_release(&s, slot[0]);
	ck_assert_ptr_eq(spawn_slots_due(&s, 200), slot[2]);
	spawn_slots_release(&s, slot[2]);
	ck_assert(!spawn_slots_next_deadline(&s, &deadline));
	spawn_slots_free(&s);
}
END_TEST

int
main(void)
{
	TCase *t = unit_begin("qmail/spawn_slots");

	tcase_add_test(t, a_number_is_taken_once);
	tcase_add_test(t, a_slot_used_again_has_another_generation);
	tcase_add_test(t, children_are_found_by_pid);
	tcase_add_test(t, deadlines_come_in_order);
	return unit_end();
}
