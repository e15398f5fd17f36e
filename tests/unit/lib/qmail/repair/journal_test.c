/* SPDX-License-Identifier: ISC */
#include "qmail/repair/journal.h"

#include <string.h>

#include "tests/support/unit.h"

static const struct journal_record move = {
    .kind = JOURNAL_MOVE,
    .ino = UINT64_MAX,
    .a = -5,
    .from = SPAN_INIT("info/3/7"),
    .to = SPAN_INIT("a\"\\\0\n\377"),
};

START_TEST(what_is_written_can_be_read)
{
	struct str line = {0};
	struct journal_record r;
	uint64_t seq = 0;

	journal_put(&line, 42, &move);
	ck_assert(str_ok(&line));
	ck_assert_int_eq(line.p[line.n - 1], '\n');
	ck_assert(journal_parse(line.p, line.n - 1, &seq, &r));
	ck_assert_uint_eq(seq, 42);
	ck_assert_int_eq(r.kind, JOURNAL_MOVE);
	ck_assert_uint_eq(r.ino, UINT64_MAX);
	ck_assert_int_eq(r.a, -5);
	ck_assert(span_eq(r.from, move.from));
	ck_assert(span_eq(r.to, move.to));
	ck_assert_uint_eq(r.old.n, 0);
	str_free(&line);
}
END_TEST

START_TEST(any_changed_or_missing_byte_is_seen)
{
	struct str line = {0};
	char copy[512];
	struct journal_record r;
	uint64_t seq;

	journal_put(&line, 1, &move);
	ck_assert_uint_lt(line.n, sizeof(copy));
	for (size_t i = 0; i + 1 < line.n; i++) {
		memcpy(copy, line.p, line.n);
		copy[i] ^= 1;
		ck_assert_msg(!journal_parse(copy, line.n - 1, &seq, &r),
		    "byte %zu", i);
		memcpy(copy, line.p, line.n);
		ck_assert_msg(!journal_parse(copy, i, &seq, &r), "length %zu",
		    i);
	}
	str_free(&line);
}
END_TEST

int
main(void)
{
	TCase *t = unit_begin("qmail/repair/journal");

	tcase_add_test(t, what_is_written_can_be_read);
	tcase_add_test(t, any_changed_or_missing_byte_is_seen);
	return unit_end();
}
