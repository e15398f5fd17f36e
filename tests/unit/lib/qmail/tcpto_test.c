/* SPDX-License-Identifier: ISC */
#include "qmail/tcpto.h"

#include <sys/stat.h>

#include "base/file.h"
#include "tests/support/unit.h"

/* 192.0.2.25, two timeouts, at 1795511690 */
static const struct span example =
    SPAN_INIT("\xc0\x00\x02\x19\x02\x00\x00\x00\x8a\x0f\x05\x6b\0\0\0\0");

START_TEST(record_bytes)
{
	unsigned char raw[TCPTO_RECORD_MAX];
	struct tcpto_record r;

	memcpy(raw, example.p, example.n);
	tcpto_record_parse(TCPTO_V4, raw, &r);
	ck_assert_uint_eq(r.ip[0], 192);
	ck_assert_uint_eq(r.ip[3], 25);
	ck_assert_uint_eq(r.count, 2);
	ck_assert_uint_eq(r.when, 0x6b050f8a);
	memset(raw, 0xff, sizeof(raw));
	tcpto_record_store(TCPTO_V4, &r, raw);
	ck_span((struct span){(const char *)raw, 16}, example, "v4");
	ck_assert_uint_eq(raw[16], 0xff);

	r.ip[15] = 1;
	r.count = 200;
	tcpto_record_store(TCPTO_V6, &r, raw);
	ck_span((struct span){(const char *)raw, 32},
	    SPAN("\xc0\0\x02\x19\0\0\0\0\0\0\0\0\0\0\0\x01\x0a\0\0\0"
	         "\x8a\x0f\x05\x6b\0\0\0\0\0\0\0\0"),
	    "v6");
}
END_TEST

START_TEST(a_short_or_missing_file_has_fewer_records)
{
	int dir = open_tmp_dir();
	struct tcpto_table t;

	ck_assert_int_eq(tcpto_load(dir, TCPTO_V4, &t, NULL), 0);
	ck_assert_uint_eq(t.n, 0);
	ck_assert_int_eq(file_replace(dir, "tcpto", example, 0600, NULL), 0);
	ck_assert_int_eq(tcpto_load(dir, TCPTO_V4, &t, NULL), 0);
	ck_assert_uint_eq(t.n, 1);
	ck_assert_uint_eq(t.record[0].count, 2);
	ck_assert_int_eq(file_replace(dir, "tcpto", SPAN("0123456789"), 0600,
	                     NULL),
	    0);
	ck_assert_int_eq(tcpto_load(dir, TCPTO_V4, &t, NULL), 0);
	ck_assert_uint_eq(t.n, 0);
}
END_TEST

START_TEST(clear_zeroes_all_records)
{
	int dir = open_tmp_dir();
	struct tcpto_table t;
	struct stat st;

	/* a table that is not there is not made */
	ck_assert_int_eq(tcpto_clear(dir, TCPTO_V6, NULL), 0);
	ck_assert_int_eq(fstatat(dir, "tcpto6", &st, 0), -1);
	ck_assert_int_eq(file_replace(dir, "tcpto", example, 0600, NULL), 0);
	ck_assert_int_eq(tcpto_clear(dir, TCPTO_V4, NULL), 0);
	ck_assert_int_eq(fstatat(dir, "tcpto", &st, 0), 0);
	ck_assert_int_eq(st.st_size, 1024);
	ck_assert_int_eq(tcpto_load(dir, TCPTO_V4, &t, NULL), 0);
	ck_assert_uint_eq(t.n, TCPTO_MAX_RECORDS);
	ck_assert_uint_eq(t.record[0].count, 0);
}
END_TEST

int
main(void)
{
	TCase *t = unit_begin("qmail/tcpto");

	tcase_add_test(t, record_bytes);
	tcase_add_test(t, a_short_or_missing_file_has_fewer_records);
	tcase_add_test(t, clear_zeroes_all_records);
	return unit_end();
}
