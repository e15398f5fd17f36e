/* SPDX-License-Identifier: ISC */
#include "net/mx_order.h"

#include <stdio.h>

#include "tests/support/unit.h"

enum { ROUNDS = 6000 };

static struct dns_mx
host(uint16_t preference, const char *name)
{
	struct dns_mx mx = {.preference = preference};

	(void)snprintf(mx.name, sizeof(mx.name), "%s", name);
	return mx;
}

START_TEST(better_preferences_come_first)
{
	for (uint64_t seed = 0; seed < 50; seed++) {
		struct dns_mx mx[] = {host(20, "c"), host(10, "b"),
		    host(65535, "d"), host(0, "a")};

		mx_order(mx, 4, seed);
		for (int i = 0; i < 4; i++)
			ck_assert_int_eq(mx[i].name[0], 'a' + i);
	}
}
END_TEST

/* Each of three equals is first in a third of all cases, and each of the six
 * orders comes up in a sixth; far outside of chance would be a bug. */
START_TEST(equals_are_in_random_order)
{
	unsigned first[3] = {0}, order[27] = {0}, different = 0;

	for (uint64_t seed = 0; seed < ROUNDS; seed++) {
		struct dns_mx mx[] = {host(5, "a"), host(5, "b"), host(5, "c"),
		    host(9, "d")};
		int a, b, c;

		mx_order(mx, 4, seed * 0x9e3779b97f4a7c15U);
		ck_assert_int_eq(mx[3].name[0], 'd');
		a = mx[0].name[0] - 'a';
		b = mx[1].name[0] - 'a';
		c = mx[2].name[0] - 'a';
		first[a]++;
		order[(a * 3 + b) * 3 + c]++;
	}
	for (int i = 0; i < 3; i++)
		ck_assert(
		    first[i] > ROUNDS / 3 - 200 && first[i] < ROUNDS / 3 + 200);
	for (int i = 0; i < 27; i++) {
		if (order[i] == 0)
			continue;
		different++;
		ck_assert(
		    order[i] > ROUNDS / 6 - 200 && order[i] < ROUNDS / 6 + 200);
	}
	ck_assert_uint_eq(different, 6);
}
END_TEST

START_TEST(nothing_to_order)
{
	struct dns_mx one = host(7, "a");

	mx_order(NULL, 0, 1);
	mx_order(&one, 1, 1);
	ck_assert_int_eq(one.preference, 7);
}
END_TEST

START_TEST(families_take_turns)
{
	const struct ip v6[] = {{true, {6, 1}}, {true, {6, 2}}, {true, {6, 3}}};
	const struct ip v4[] = {{false, {4, 1}}};
	static const unsigned char want[][2] = {{6, 1}, {4, 1}, {6, 2}, {6, 3}};
	struct mx_list list = {0};

	ck_assert(mx_add_host(&list, 10, v6, 3, v4, 1));
	ck_assert_uint_eq(list.n, 4);
	for (size_t i = 0; i < list.n; i++) {
		ck_assert_uint_eq(list.address[i].preference, 10);
		ck_assert_int_eq(memcmp(list.address[i].ip.byte, want[i], 2),
		    0);
	}
	mx_free(&list);
}
END_TEST

START_TEST(the_number_is_bounded)
{
	static struct ip many[MX_ADDRESSES_MAX];
	struct mx_list list = {0};

	ck_assert(mx_add_host(&list, 1, many, MX_ADDRESSES_MAX, many, 5));
	ck_assert_uint_eq(list.n, MX_ADDRESSES_MAX);
	ck_assert(mx_add_host(&list, 2, many, 1, NULL, 0));
	ck_assert_uint_eq(list.n, MX_ADDRESSES_MAX);
	mx_free(&list);
}
END_TEST

int
main(void)
{
	TCase *t = unit_begin("net/mx_order");

	tcase_add_test(t, better_preferences_come_first);
	tcase_add_test(t, equals_are_in_random_order);
	tcase_add_test(t, nothing_to_order);
	tcase_add_test(t, families_take_turns);
	tcase_add_test(t, the_number_is_bounded);
	return unit_end();
}
