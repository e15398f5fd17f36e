/* SPDX-License-Identifier: ISC */
#include "qmail/constmap.h"

#include <stdio.h>

#include "tests/support/unit.h"

static const struct hash_seed seed = {{1, 2}};

static struct constmap
map_of(struct span bytes, enum constmap_kind kind)
{
	struct str entries = {0};
	struct constmap m;

	str_put(&entries, bytes);
	ck_assert_int_eq(constmap_init(&m, &entries, kind, &seed), 0);
	ck_assert_ptr_null(entries.p);
	return m;
}

static const struct {
	const char *label;
	struct span entries;
	enum constmap_kind kind;
	struct span key;
	bool found;
	struct span value;
} cases[] = {
    {"plain", SPAN_INIT("a.example\0b.example\0"), CONSTMAP_PLAIN,
        SPAN_INIT("b.example"), true, {0}},
    {"other case", SPAN_INIT("A.Example\0"), CONSTMAP_PLAIN,
        SPAN_INIT("a.eXAMPLE"), true, {0}},
    {"only ASCII case", SPAN_INIT("\xc4.example\0"), CONSTMAP_PLAIN,
        SPAN_INIT("\xe4.example"), false, {0}},
    {"exact length", SPAN_INIT("a.example\0"), CONSTMAP_PLAIN,
        SPAN_INIT("a.exampl"), false, {0}},
    {"longer", SPAN_INIT("a.example\0"), CONSTMAP_PLAIN,
        SPAN_INIT("a.example."), false, {0}},
    {"NUL in the key", SPAN_INIT("a\0b\0"), CONSTMAP_PLAIN, SPAN_INIT("a\0b"),
        false, {0}},
    {"colon is part of a plain key", SPAN_INIT("a:b\0"), CONSTMAP_PLAIN,
        SPAN_INIT("a:b"), true, {0}},
    {"empty map", SPAN_INIT(""), CONSTMAP_PLAIN, SPAN_INIT(""), false, {0}},
    {"value", SPAN_INIT("a:x\0"), CONSTMAP_COLON, SPAN_INIT("a"), true,
        SPAN_INIT("x")},
    {"first colon splits", SPAN_INIT("a:x:y\0"), CONSTMAP_COLON, SPAN_INIT("A"),
        true, SPAN_INIT("x:y")},
    {"no colon does not count", SPAN_INIT("a\0"), CONSTMAP_COLON,
        SPAN_INIT("a"), false, {0}},
    {"empty value", SPAN_INIT("a:\0"), CONSTMAP_COLON, SPAN_INIT("a"), true,
        {0}},
    {"empty key", SPAN_INIT("b:y\0:x\0"), CONSTMAP_COLON, SPAN_INIT(""), true,
        SPAN_INIT("x")},
    {"the last of equals counts", SPAN_INIT("a:x\0A:y\0"), CONSTMAP_COLON,
        SPAN_INIT("a"), true, SPAN_INIT("y")},
    {"the last, empty", SPAN_INIT("a:x\0a:\0"), CONSTMAP_COLON, SPAN_INIT("a"),
        true, {0}},
    {"no final NUL does not count", SPAN_INIT("a:x\0b:y"), CONSTMAP_COLON,
        SPAN_INIT("b"), false, {0}},
};

START_TEST(find)
{
	struct constmap m = map_of(cases[_i].entries, cases[_i].kind);
	struct span value = {0};

	ck_assert_msg(constmap_find(&m, cases[_i].key, &value) ==
	                  cases[_i].found,
	    "%s", cases[_i].label);
	ck_span(value, cases[_i].value, cases[_i].label);
	constmap_free(&m);
}
END_TEST

START_TEST(a_million_entries_are_all_found)
{
	enum { MANY = 1000000 };
	struct str entries = {0}, key = {0};
	struct span value;
	struct constmap m;

	for (uint64_t i = 0; i < MANY; i++) {
		str_putc(&entries, 'd');
		str_put_u64(&entries, i);
		str_put_cstr(&entries, ".example:u");
		str_put_u64(&entries, i);
		str_putc(&entries, '\0');
	}
	ck_assert_int_eq(constmap_init(&m, &entries, CONSTMAP_COLON, &seed), 0);
	ck_assert_uint_eq(m.n, MANY);
	for (uint64_t i = 0; i < MANY; i++) {
		str_reset(&key);
		str_putc(&key, 'D');
		str_put_u64(&key, i);
		str_put_cstr(&key, ".Example");
		ck_assert(constmap_find(&m, str_span(&key), &value));
		str_reset(&key);
		str_putc(&key, 'u');
		str_put_u64(&key, i);
		ck_assert(span_eq(value, str_span(&key)));
		ck_assert(!constmap_has(&m, value));
	}
	constmap_free(&m);
	str_free(&key);
}
END_TEST

START_TEST(a_failed_list_gives_no_map)
{
	struct str entries = {0};
	struct constmap m;

	entries.failed = true;
	ck_assert_int_eq(constmap_init(&m, &entries, CONSTMAP_PLAIN, &seed),
	    -1);
	ck_assert(!constmap_has(&m, SPAN("")));
	constmap_free(&m);
}
END_TEST

int
main(void)
{
	TCase *t = unit_begin("qmail/constmap");

	tcase_add_loop_test(t, find, 0, ROWS(cases));
	tcase_add_test(t, a_million_entries_are_all_found);
	tcase_add_test(t, a_failed_list_gives_no_map);
	return unit_end();
}
