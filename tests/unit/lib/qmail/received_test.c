/* SPDX-License-Identifier: ISC */
#include "qmail/received.h"

#include "tests/support/unit.h"

static const struct {
	const char *line;
	struct received want;
} good[] = {
    {"Received: (qmail 15261 invoked from network); "
     "20 Nov 2026 09:11:09 -0000",
        {15261, RECEIVED_FROM_NETWORK, 0, 1795165869}},
    {"Received: (qmail 1 invoked by alias); 1 Jan 1970 00:00:00 -0000",
        {1, RECEIVED_BY_ALIAS, 0, 0}},
    {"Received: (qmail 2 invoked for bounce); 19 Jan 2038 03:14:08 -0000",
        {2, RECEIVED_FOR_BOUNCE, 0, 2147483648}},
    {"Received: (qmail 3 invoked by uid 0); 7 Feb 2106 06:28:16 -0000",
        {3, RECEIVED_BY_UID, 0, 4294967296}},
    {"Received: (qmail 4194304 invoked by uid 4294967295); "
     "29 Feb 2096 23:59:59 -0000",
        {4194304, RECEIVED_BY_UID, 4294967295, 3981398399}},
    {"Received: (qmail 5 invoked by uid 12); 31 Dec 1969 23:59:59 -0000",
        {5, RECEIVED_BY_UID, 12, -1}},
    {"Received: (qmail 18446744073709551615 invoked by uid "
     "18446744073709551615); 31 Dec 9999 23:59:59 -0000",
        {UINT64_MAX, RECEIVED_BY_UID, UINT64_MAX, 253402300799}},
};

START_TEST(a_line_is_written_and_read_back)
{
	struct received got;
	struct str out = {0};

	received_put(&out, &good[_i].want);
	ck_assert(str_ok(&out));
	ck_assert_uint_le(out.n, RECEIVED_MAX);
	ck_assert_int_eq(out.p[out.n - 1], '\n');
	ck_span(span_first(str_span(&out), out.n - 1), span_cstr(good[_i].line),
	    "line");
	ck_assert_int_eq(received_parse(span_cstr(good[_i].line), &got),
	    RECEIVED_OK);
	ck_assert_uint_eq(got.pid, good[_i].want.pid);
	ck_assert_int_eq(got.how, good[_i].want.how);
	ck_assert_uint_eq(got.uid, good[_i].want.uid);
	ck_assert_int_eq(got.time, good[_i].want.time);
	str_free(&out);
}
END_TEST

/* the dump of queue.md 2.3 */
START_TEST(the_bytes_are_those_of_qmail)
{
	static const unsigned char want[] = {0x52, 0x65, 0x63, 0x65, 0x69, 0x76,
	    0x65, 0x64, 0x3a, 0x20, 0x28, 0x71, 0x6d, 0x61, 0x69, 0x6c, 0x20,
	    0x31, 0x35, 0x32, 0x36, 0x31, 0x20, 0x69, 0x6e, 0x76, 0x6f, 0x6b,
	    0x65, 0x64, 0x20, 0x66, 0x72, 0x6f, 0x6d, 0x20, 0x6e, 0x65, 0x74,
	    0x77, 0x6f, 0x72, 0x6b, 0x29, 0x3b, 0x20, 0x32, 0x30, 0x20, 0x4e,
	    0x6f, 0x76, 0x20, 0x32, 0x30, 0x32, 0x36, 0x20, 0x30, 0x39, 0x3a,
	    0x31, 0x31, 0x3a, 0x30, 0x39, 0x20, 0x2d, 0x30, 0x30, 0x30, 0x30,
	    0x0a};
	struct str out = {0};

	received_put(&out, &good[0].want);
	ck_span(str_span(&out), (struct span){(const char *)want, sizeof(want)},
	    "line");
	str_free(&out);
}
END_TEST

static const char *const others[] = {
    "",
    "Received: (qmail",
    "Received: from a by b; 20 Nov 2026 09:11:09 -0000",
    "received: (qmail 1 invoked by alias); 1 Jan 1970 00:00:00 -0000",
    "Received: (qmail 01 invoked by alias); 1 Jan 1970 00:00:00 -0000",
    "Received: (qmail -1 invoked by alias); 1 Jan 1970 00:00:00 -0000",
    "Received: (qmail  invoked by alias); 1 Jan 1970 00:00:00 -0000",
    "Received: (qmail 1 invoked by uid ); 1 Jan 1970 00:00:00 -0000",
    "Received: (qmail 1 invoked by uid 07); 1 Jan 1970 00:00:00 -0000",
    "Received: (qmail 1 invoked by uid x); 1 Jan 1970 00:00:00 -0000",
    "Received: (qmail 1 invoked by user); 1 Jan 1970 00:00:00 -0000",
    "Received: (qmail 1 invoked by alias) 1 Jan 1970 00:00:00 -0000",
    "Received: (qmail 1 invoked by alias); 01 Jan 1970 00:00:00 -0000",
    "Received: (qmail 1 invoked by alias); 1 Jan 1970 00:00:00 +0000",
    "Received: (qmail 1 invoked by alias); 1 Jan 1970 00:00:00 -0000 ",
    "Received: (qmail 1 invoked by alias); 1 Jan 1970 00:00:00 -0000\n",
    "Received: (qmail 1 invoked by alias); 1 jan 1970 00:00:00 -0000",
    "Received: (qmail 1 invoked by alias); 30 Feb 1972 00:00:00 -0000",
    "Received: (qmail 1 invoked by alias); 0 Jan 1970 00:00:00 -0000",
    "Received: (qmail 1 invoked by alias); 1 Jan 1970 24:00:00 -0000",
    "Received: (qmail 1 invoked by alias); 1 Jan 1970 00:60:00 -0000",
    "Received: (qmail 1 invoked by alias); 1 Jan 1970 00:00:60 -0000",
    "Received: (qmail 1 invoked by alias); 1 Jan 0000 00:00:00 -0000",
    "Received: (qmail 1 invoked by alias); 1 Jan 1970 0:00:00 -0000",
    "Received: (qmail 99999999999999999999 invoked by alias); "
    "1 Jan 1970 00:00:00 -0000",
};

START_TEST(anything_else_is_another_line)
{
	struct received got;

	ck_assert_msg(received_parse(span_cstr(others[_i]), &got) ==
	                  RECEIVED_OTHER,
	    "accepted: %s", others[_i]);
}
END_TEST

int
main(void)
{
	TCase *t = unit_begin("qmail/received");

	tcase_add_loop_test(t, a_line_is_written_and_read_back, 0, ROWS(good));
	tcase_add_test(t, the_bytes_are_those_of_qmail);
	tcase_add_loop_test(t, anything_else_is_another_line, 0, ROWS(others));
	return unit_end();
}
