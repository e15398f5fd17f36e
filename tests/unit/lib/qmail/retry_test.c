/* SPDX-License-Identifier: ISC */
#include "qmail/retry.h"

#include "tests/support/unit.h"

static const struct {
	int64_t birth, now;
	unsigned skip;
	int64_t want;
} cases[] = {
    {1000, 1000, RETRY_SKIP_LOCAL, 1100},
    {1000, 1100, RETRY_SKIP_LOCAL, 1400},
    {1000, 1400, RETRY_SKIP_LOCAL, 1900},
    {1000, 1900, RETRY_SKIP_LOCAL, 2600},
    {1000, 1000, RETRY_SKIP_REMOTE, 1400},
    {1000, 1400, RETRY_SKIP_REMOTE, 2600},
    {1000, 2600, RETRY_SKIP_REMOTE, 4600},
    {1000, 1399, RETRY_SKIP_REMOTE, 1000 + 39 * 39},
    {1000, 500, RETRY_SKIP_LOCAL, 1100},
    {0, INT64_C(4291747200), RETRY_SKIP_REMOTE,
        INT64_C(65531) * INT64_C(65531)},
    {-100, 0, RETRY_SKIP_LOCAL, 300},
    {INT64_MAX - 10, INT64_MAX, RETRY_SKIP_LOCAL, INT64_MAX},
};

START_TEST(next_attempt)
{
	int64_t got =
	    retry_next(cases[_i].birth, cases[_i].now, cases[_i].skip);

	ck_assert_int_eq(got, cases[_i].want);
}
END_TEST

/* The figures that the specification gives for a lifetime of a week. */
static const struct {
	unsigned skip;
	int attempts;
} weeks[] = {{RETRY_SKIP_LOCAL, 79}, {RETRY_SKIP_REMOTE, 40}};

START_TEST(a_week_of_attempts)
{
	int64_t birth = INT64_C(2147483000), now = birth;
	int attempts = 1;

	while (!retry_is_dying(birth, now, RETRY_LIFETIME)) {
		now = retry_next(birth, now, weeks[_i].skip);
		attempts++;
	}
	ck_assert_int_eq(attempts, weeks[_i].attempts);
	ck_assert_int_eq(now - birth, 608400);
}
END_TEST

START_TEST(lifetime_ends_one_second_later)
{
	ck_assert(!retry_is_dying(1000, 1000, 0));
	ck_assert(retry_is_dying(1000, 1001, 0));
	ck_assert(!retry_is_dying(1000, 900, 0));
	ck_assert(!retry_is_dying(1000, 1100, 100));
	ck_assert(retry_is_dying(1000, 1101, 100));
	ck_assert(retry_is_dying(INT64_MIN, INT64_MAX, RETRY_LIFETIME));
}
END_TEST

START_TEST(estimate_is_the_undisturbed_series)
{
	ck_assert_int_eq(retry_estimate(1000, 900, 10), 1100);
	ck_assert_int_eq(retry_estimate(1000, 1000, 10), 1100);
	ck_assert_int_eq(retry_estimate(1000, 1099, 10), 1100);
	ck_assert_int_eq(retry_estimate(1000, 1100, 10), 1400);
	ck_assert_int_eq(retry_estimate(1000, 1400, 20), 2600);
	ck_assert_int_eq(retry_estimate(0, 5000000000, 20),
	    INT64_C(70720) * 70720);
}
END_TEST

int
main(void)
{
	TCase *t = unit_begin("qmail/retry");

	tcase_add_loop_test(t, next_attempt, 0, ROWS(cases));
	tcase_add_loop_test(t, a_week_of_attempts, 0, ROWS(weeks));
	tcase_add_test(t, lifetime_ends_one_second_later);
	tcase_add_test(t, estimate_is_the_undisturbed_series);
	return unit_end();
}
