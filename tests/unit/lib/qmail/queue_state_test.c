/* SPDX-License-Identifier: ISC */
#include "qmail/queue_state.h"

#include <string.h>

#include "tests/support/unit.h"

/* Rows of qfixq.md section 2 with the number of sets each must cover. */
static const struct {
	const char *row;
	int sets;
	enum queue_state state;
	const char *finding;
} rows[] = {
    {"A", 1, QUEUE_S1, NULL},
    {"N1", 32, QUEUE_BROKEN, "Q201"},
    {"N2", 12, QUEUE_BROKEN, "Q202"},
    {"N3", 2, QUEUE_BROKEN, "Q203"},
    {"N4", 2, QUEUE_BROKEN, "Q204"},
    {"N5", 8, QUEUE_BROKEN, "Q205"},
    {"N6", 6, QUEUE_BROKEN, "Q206"},
    {"N7", 1, QUEUE_BROKEN, "Q207"},
    {"P1", 1, QUEUE_S2, NULL},
    {"P2", 1, QUEUE_S3, NULL},
    {"P3", 7, QUEUE_BROKEN, "Q211"},
    {"P4", 7, QUEUE_BROKEN, "Q212"},
    {"P5", 16, QUEUE_S4, NULL},
    {"P6", 16, QUEUE_BROKEN, "Q222"},
    {"P7", 8, QUEUE_S5, NULL},
    {"P8", 8, QUEUE_BROKEN, "Q232"},
};

START_TEST(each_set_matches_exactly_one_row)
{
	int sets[ROWS(rows)] = {0};

	ck_assert_uint_eq(queue_rows_count, ROWS(rows));
	for (unsigned bits = 0; bits < QUEUE_SETS; bits++) {
		int hits = 0;

		for (size_t i = 0; i < queue_rows_count; i++) {
			const struct queue_row *r = &queue_rows[i];

			if ((bits & r->need) != r->need ||
			    (bits & r->absent) != 0 ||
			    (r->any != 0 && (bits & r->any) == 0))
				continue;
			ck_assert_ptr_eq(queue_row_find(bits), r);
			sets[i]++;
			hits++;
		}
		ck_assert_msg(hits == 1, "set %u: %d rows", bits, hits);
	}
	for (int i = 0; i < ROWS(rows); i++)
		ck_assert_msg(sets[i] == rows[i].sets, "%s covers %d",
		    rows[i].row, sets[i]);
}
END_TEST

START_TEST(rows_are_those_of_the_specification)
{
	const struct queue_row *r = &queue_rows[_i];

	ck_assert_str_eq(r->name, rows[_i].row);
	ck_assert_int_eq(r->state, rows[_i].state);
	ck_assert_pstr_eq(r->finding, rows[_i].finding);
}
END_TEST

enum {
	M = QUEUE_BIT(QUEUE_MESS),
	I = QUEUE_BIT(QUEUE_INTD),
	T = QUEUE_BIT(QUEUE_TODO),
	F = QUEUE_BIT(QUEUE_INFO),
	L = QUEUE_BIT(QUEUE_LOCAL),
	R = QUEUE_BIT(QUEUE_REMOTE),
	B = QUEUE_BIT(QUEUE_BOUNCE),
};

static const struct {
	const char *label;
	struct queue_facts facts;
	enum queue_state state;
	const char *finding;
	bool note_only;
} verdicts[] = {
    {"nothing", {0}, QUEUE_S1, NULL, false},
    {"young S2", {.bits = M}, QUEUE_S2, NULL, false},
    {"ageing S2", {.bits = M, .age = QUEUE_AGEING}, QUEUE_S2, "Q210", true},
    {"old S2", {.bits = M, .age = QUEUE_OLD}, QUEUE_S2, "Q210", false},
    {"young S3", {.bits = M | I, .intd_linked = true}, QUEUE_S3, NULL, false},
    {"old S3", {.bits = M | I, .age = QUEUE_OLD}, QUEUE_S3, "Q210", false},
    {"old S3, intd has another link",
        {.bits = M | I, .age = QUEUE_OLD, .intd_linked = true}, QUEUE_S3,
        "Q213", false},
    {"old S2 has no intd", {.bits = M, .age = QUEUE_OLD, .intd_linked = true},
        QUEUE_S2, "Q210", false},
    {"S4", {.bits = M | I | T, .age = QUEUE_OLD}, QUEUE_S4, NULL, false},
    {"S4 half preprocessed", {.bits = M | T | F | L}, QUEUE_S4, NULL, false},
    {"S4 with D marks", {.bits = M | T | F | L, .done_mark = true}, QUEUE_S4,
        "Q221", false},
    {"S5", {.bits = M | F | R, .age = QUEUE_OLD, .done_mark = true}, QUEUE_S5,
        NULL, false},
    {"S5 with a bounce", {.bits = M | F | L | B}, QUEUE_S5, NULL, false},
    {"S5 without recipients", {.bits = M | F | B}, QUEUE_S5, "Q231", true},
    {"todo without mess", {.bits = I | T}, QUEUE_BROKEN, "Q201", false},
    {"lists without info", {.bits = M | L, .age = QUEUE_YOUNG}, QUEUE_BROKEN,
        "Q212", false},
};

START_TEST(judge)
{
	struct queue_verdict v = queue_judge(&verdicts[_i].facts);
	const char *label = verdicts[_i].label;

	ck_assert_msg(v.state == verdicts[_i].state, "%s: state %d", label,
	    (int)v.state);
	ck_assert_pstr_eq(v.finding, verdicts[_i].finding);
	ck_assert_msg(v.note_only == verdicts[_i].note_only, "%s", label);
	ck_assert(queue_set_is_broken(verdicts[_i].facts.bits) ==
	          (v.state == QUEUE_BROKEN));
}
END_TEST

START_TEST(age_has_two_limits)
{
	int64_t now = 5000000000; /* after 2106 */

	ck_assert_int_eq(queue_age(now + 1000, now), QUEUE_YOUNG);
	ck_assert_int_eq(queue_age(now - 90000, now), QUEUE_YOUNG);
	ck_assert_int_eq(queue_age(now - 90001, now), QUEUE_AGEING);
	ck_assert_int_eq(queue_age(now - 129600, now), QUEUE_AGEING);
	ck_assert_int_eq(queue_age(now - 129601, now), QUEUE_OLD);
}
END_TEST

int
main(void)
{
	TCase *t = unit_begin("qmail/queue_state");

	tcase_add_test(t, each_set_matches_exactly_one_row);
	tcase_add_loop_test(t, rows_are_those_of_the_specification, 0,
	    ROWS(rows));
	tcase_add_loop_test(t, judge, 0, ROWS(verdicts));
	tcase_add_test(t, age_has_two_limits);
	return unit_end();
}
