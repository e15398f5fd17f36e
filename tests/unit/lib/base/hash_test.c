/* SPDX-License-Identifier: ISC */
#include "base/hash.h"

#include "tests/support/unit.h"

/* The published vectors of SipHash-2-4: key 00 01 .. 0f, input 00 01 .. n-1. */
static const struct {
	size_t n;
	uint64_t want;
} cases[] = {
    {0, UINT64_C(0x726fdb47dd0e0e31)},
    {1, UINT64_C(0x74f839c593dc67fd)},
    {7, UINT64_C(0xab0200f58b01d137)},
    {8, UINT64_C(0x93f5f5799a932462)},
    {15, UINT64_C(0xa129ca6149be45e5)},
};

static const struct hash_seed seed = {
    {UINT64_C(0x0706050403020100), UINT64_C(0x0f0e0d0c0b0a0908)}};

START_TEST(values_are_those_of_siphash)
{
	char bytes[16];

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)i;
	ck_assert_uint_eq(hash_nocase(&seed, (struct span){bytes, cases[_i].n}),
	    cases[_i].want);
}
END_TEST

START_TEST(case_makes_no_difference_and_the_seed_does)
{
	struct hash_seed other = {{1, 2}};

	ck_assert_uint_eq(hash_nocase(&seed, SPAN("Sub.EXAMPLE.org")),
	    hash_nocase(&seed, SPAN("sub.example.ORG")));
	ck_assert_uint_ne(hash_nocase(&seed, SPAN("\xc4")),
	    hash_nocase(&seed, SPAN("\xe4")));
	ck_assert_uint_ne(hash_nocase(&seed, SPAN("a")),
	    hash_nocase(&other, SPAN("a")));
	ck_assert_int_eq(hash_seed_make(&other), 0);
	ck_assert(other.k[0] != 1 || other.k[1] != 2);
}
END_TEST

int
main(void)
{
	TCase *t = unit_begin("base/hash");

	tcase_add_loop_test(t, values_are_those_of_siphash, 0, ROWS(cases));
	tcase_add_test(t, case_makes_no_difference_and_the_seed_does);
	return unit_end();
}
