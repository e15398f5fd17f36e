/* SPDX-License-Identifier: ISC */
#include "qmail/tcpto.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/file.h"
#include "tests/support/unit.h"

/* The images of the specification: what stands in the file after each event. */

enum { T = 1795166051 }; /* 0x6b000f63 */

static const unsigned char ip4[] = {10, 10, 0, 1};

static int
make_table(enum tcpto_kind kind, size_t records)
{
	static const char zero[TCPTO_MAX_RECORDS * TCPTO_RECORD_MAX];
	int dir = open_tmp_dir();
	struct err e;

	ck_assert_int_eq(file_replace(dir, tcpto_name(kind),
	                     (struct span){zero,
	                         records * tcpto_record_bytes(kind)},
	                     0644, &e),
	    0);
	return dir;
}

static void
ck_image(int dir, enum tcpto_kind kind, size_t index, struct span want)
{
	struct str file = {0};
	struct err e;

	ck_assert_int_eq(file_load(dir, tcpto_name(kind), 4096, &file, &e), 0);
	ck_assert_uint_eq(file.n, TCPTO_MAX_RECORDS * tcpto_record_bytes(kind));
	ck_span(span_first(span_from(str_span(&file),
	                       index * tcpto_record_bytes(kind)),
	            tcpto_record_bytes(kind)),
	    want, "record");
	str_free(&file);
}

static bool
is_down(int dir, int64_t now, pid_t pid)
{
	bool is_known;

	return tcpto_is_down(dir, TCPTO_V4, ip4, now, pid, &is_known);
}

START_TEST(the_life_of_a_record)
{
	int dir = make_table(TCPTO_V4, TCPTO_MAX_RECORDS);

	tcpto_note_timeout(dir, TCPTO_V4, ip4, T);
	ck_image(dir, TCPTO_V4, 0,
	    SPAN("\x0a\x0a\0\1\1\0\0\0\x63\x0f\0\x6b\0\0\0\0"));
	ck_assert(!is_down(dir, T + 1, 0));
	/* the same event */
	tcpto_note_timeout(dir, TCPTO_V4, ip4, T + 119);
	ck_image(dir, TCPTO_V4, 0,
	    SPAN("\x0a\x0a\0\1\1\0\0\0\x63\x0f\0\x6b\0\0\0\0"));
	tcpto_note_timeout(dir, TCPTO_V4, ip4, T + 120);
	ck_image(dir, TCPTO_V4, 0,
	    SPAN("\x0a\x0a\0\1\2\0\0\0\xdb\x0f\0\x6b\0\0\0\0"));
	ck_assert(is_down(dir, T + 120, 0));
	/* any answer clears the count and nothing else */
	tcpto_note_answer(dir, TCPTO_V4, ip4);
	ck_image(dir, TCPTO_V4, 0,
	    SPAN("\x0a\x0a\0\1\0\0\0\0\xdb\x0f\0\x6b\0\0\0\0"));
	ck_assert(!is_down(dir, T + 120, 0));
	/* a cleared record counts at once */
	tcpto_note_timeout(dir, TCPTO_V4, ip4, T + 121);
	ck_image(dir, TCPTO_V4, 0,
	    SPAN("\x0a\x0a\0\1\1\0\0\0\xdc\x0f\0\x6b\0\0\0\0"));
}
END_TEST

START_TEST(how_long_a_host_is_skipped)
{
	int dir = make_table(TCPTO_V4, TCPTO_MAX_RECORDS);

	tcpto_note_timeout(dir, TCPTO_V4, ip4, T);
	tcpto_note_timeout(dir, TCPTO_V4, ip4, T + 200);
	ck_assert(is_down(dir, T + 200 + 3839, 32));
	ck_assert(!is_down(dir, T + 200 + 3840, 32));
	ck_assert(is_down(dir, T + 200 + 5823, 31));
	ck_assert(!is_down(dir, T + 200 + 5824, 31));
	ck_assert(is_down(dir, T - 1000, 0)); /* the clock went back */
}
END_TEST

START_TEST(counting_stops_at_ten)
{
	int dir = make_table(TCPTO_V4, TCPTO_MAX_RECORDS);

	for (int i = 0; i < 15; i++)
		tcpto_note_timeout(dir, TCPTO_V4, ip4, T - 3000 + i * 200);
	ck_image(dir, TCPTO_V4, 0,
	    SPAN("\x0a\x0a\0\1\x0a\0\0\0\x9b\x0e\0\x6b\0\0\0\0"));
}
END_TEST

/* Record i of 64: address 192.0.2.i, one timeout at T + i. */
static int
make_full_table(void)
{
	int dir = make_table(TCPTO_V4, TCPTO_MAX_RECORDS);

	for (unsigned char i = 0; i < TCPTO_MAX_RECORDS; i++) {
		const unsigned char ip[] = {192, 0, 2, i};

		tcpto_note_timeout(dir, TCPTO_V4, ip, T + i);
	}
	return dir;
}

START_TEST(a_full_table_forgets_the_least)
{
	static const unsigned char first[] = {192, 0, 2, 0};
	int dir = make_full_table();

	/* one more timeout is worth 1024 seconds: the first is now newer than
	 * the second */
	tcpto_note_timeout(dir, TCPTO_V4, first, T + 120);
	tcpto_note_timeout(dir, TCPTO_V4, ip4, T + 130);
	ck_image(dir, TCPTO_V4, 0,
	    SPAN("\xc0\0\2\0\2\0\0\0\xdb\x0f\0\x6b\0\0\0\0"));
	ck_image(dir, TCPTO_V4, 1,
	    SPAN("\x0a\x0a\0\1\1\0\0\0\xe5\x0f\0\x6b\0\0\0\0"));
	ck_image(dir, TCPTO_V4, 2,
	    SPAN("\xc0\0\2\2\1\0\0\0\x65\x0f\0\x6b\0\0\0\0"));
}
END_TEST

START_TEST(a_cleared_record_is_used_first)
{
	static const unsigned char cleared[] = {192, 0, 2, 9};
	int dir = make_full_table();

	tcpto_note_answer(dir, TCPTO_V4, cleared);
	tcpto_note_timeout(dir, TCPTO_V4, ip4, T + 130);
	ck_image(dir, TCPTO_V4, 9,
	    SPAN("\x0a\x0a\0\1\1\0\0\0\xe5\x0f\0\x6b\0\0\0\0"));
	ck_image(dir, TCPTO_V4, 0,
	    SPAN("\xc0\0\2\0\1\0\0\0\x63\x0f\0\x6b\0\0\0\0"));
}
END_TEST

START_TEST(the_table_for_ipv6)
{
	static const unsigned char ip6[16] = {0x20, 1, 0xd, 0xb8, [15] = 7};
	int dir = make_table(TCPTO_V6, TCPTO_MAX_RECORDS);
	bool is_known;

	tcpto_note_timeout(dir, TCPTO_V6, ip6, T);
	ck_image(dir, TCPTO_V6, 0,
	    SPAN("\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\7"
	         "\1\0\0\0\x63\x0f\0\x6b\0\0\0\0\0\0\0\0"));
	tcpto_note_timeout(dir, TCPTO_V6, ip6, T + 120);
	ck_assert(tcpto_is_down(dir, TCPTO_V6, ip6, T + 121, 0, &is_known));
	ck_assert(is_known);
}
END_TEST

START_TEST(short_and_missing_tables)
{
	int dir = make_table(TCPTO_V4, 1), nothing = open_tmp_dir();
	static const unsigned char other[] = {10, 10, 0, 2};
	struct tcpto_table t;
	bool is_known;
	struct err e;

	/* room for one record: the newer replaces the older */
	tcpto_note_timeout(dir, TCPTO_V4, ip4, T);
	tcpto_note_timeout(dir, TCPTO_V4, other, T + 200);
	ck_assert_int_eq(tcpto_load(dir, TCPTO_V4, &t, &e), 0);
	ck_assert_uint_eq(t.n, 1);
	ck_assert_int_eq(memcmp(t.record[0].ip, other, 4), 0);
	tcpto_note_timeout(nothing, TCPTO_V4, ip4, T);
	ck_assert(!tcpto_is_down(nothing, TCPTO_V4, ip4, T, 0, &is_known));
	ck_assert(!is_known);
	ck_assert_int_eq(faccessat(nothing, "tcpto", F_OK, 0), -1);
	ck_assert_int_eq(tcpto_load(nothing, TCPTO_V4, &t, &e), 0);
	ck_assert_uint_eq(t.n, 0);
}
END_TEST

START_TEST(clearing_keeps_the_size)
{
	int dir = make_full_table();
	struct err e;

	ck_assert_int_eq(tcpto_clear(dir, TCPTO_V4, &e), 0);
	ck_image(dir, TCPTO_V4, 0, SPAN("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"));
	ck_image(dir, TCPTO_V4, 63, SPAN("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"));
	ck_assert_int_eq(tcpto_clear(dir, TCPTO_V6, &e), 0);
	ck_assert_int_eq(faccessat(dir, "tcpto6", F_OK, 0), -1);
}
END_TEST

int
main(void)
{
	TCase *t = unit_begin("qmail/tcpto_update");

	tcase_add_test(t, the_life_of_a_record);
	tcase_add_test(t, how_long_a_host_is_skipped);
	tcase_add_test(t, counting_stops_at_ten);
	tcase_add_test(t, a_full_table_forgets_the_least);
	tcase_add_test(t, a_cleared_record_is_used_first);
	tcase_add_test(t, the_table_for_ipv6);
	tcase_add_test(t, short_and_missing_tables);
	tcase_add_test(t, clearing_keeps_the_size);
	return unit_end();
}
