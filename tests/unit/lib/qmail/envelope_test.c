/* SPDX-License-Identifier: ISC */
#include "qmail/envelope.h"

#include "tests/support/unit.h"

static const struct {
	const char *label;
	struct span in;
	enum envelope_status want;
	size_t used; /* DONE and MORE: bytes of records */
} cases[] = {
    /* the dump of queue.md 2.1 */
    {"usual",
        SPAN_INIT("Fann@a.example\0Tbob@r.example\0Tinfo@virt.example\0\0"),
        ENVELOPE_DONE, 49},
    {"nobody", SPAN_INIT("F\0\0"), ENVELOPE_DONE, 2},
    {"tail", SPAN_INIT("F\0T\0\0T\0junk"), ENVELOPE_DONE, 4},
    {"newline in address", SPAN_INIT("Fa\nb\0Tc d\0\0"), ENVELOPE_DONE, 10},
    {"nothing", SPAN_INIT(""), ENVELOPE_MORE, 0},
    {"letter", SPAN_INIT("F"), ENVELOPE_MORE, 1},
    {"cut in sender", SPAN_INIT("Fann"), ENVELOPE_MORE, 4},
    {"cut behind sender", SPAN_INIT("Fann\0"), ENVELOPE_MORE, 5},
    {"cut in recipient", SPAN_INIT("F\0Tbob"), ENVELOPE_MORE, 6},
    {"cut before the end", SPAN_INIT("F\0Tbob\0"), ENVELOPE_MORE, 7},
    {"no sender", SPAN_INIT("\0"), ENVELOPE_BAD, 0},
    {"recipient first", SPAN_INIT("Tbob\0Fann\0\0"), ENVELOPE_BAD, 0},
    {"two senders", SPAN_INIT("Fann\0Fann\0\0"), ENVELOPE_BAD, 0},
    {"letter of local/", SPAN_INIT("Fann\0Dbob\0\0"), ENVELOPE_BAD, 0},
    {"lower case", SPAN_INIT("fann\0"), ENVELOPE_BAD, 0},
};

START_TEST(whole)
{
	struct envelope env = {0};
	size_t used = 0;

	ck_assert_msg(envelope_feed(&env, cases[_i].in, &used) ==
	                  cases[_i].want,
	    "%s", cases[_i].label);
	if (cases[_i].want == ENVELOPE_DONE || cases[_i].want == ENVELOPE_MORE)
		ck_assert_uint_eq(used, cases[_i].used);
}
END_TEST

START_TEST(byte_by_byte)
{
	enum envelope_status status = ENVELOPE_MORE;
	struct envelope env = {0};
	size_t used, total = 0;

	for (size_t i = 0; i < cases[_i].in.n && status == ENVELOPE_MORE; i++) {
		status = envelope_feed(&env,
		    (struct span){cases[_i].in.p + i, 1}, &used);
		total += used;
	}
	ck_assert_msg(status == cases[_i].want, "%s", cases[_i].label);
	if (status == ENVELOPE_DONE || status == ENVELOPE_MORE)
		ck_assert_uint_eq(total, cases[_i].used);
}
END_TEST

static enum envelope_status
feed_address(size_t n, size_t piece)
{
	char address[2048];
	struct envelope env = {0};
	enum envelope_status status;
	size_t used;

	memset(address, 'a', sizeof(address));
	status = envelope_feed(&env, SPAN("F\0T"), &used);
	for (size_t at = 0; at < n && status == ENVELOPE_MORE; at += piece)
		status = envelope_feed(&env,
		    (struct span){address, n - at < piece ? n - at : piece},
		    &used);
	return status;
}

START_TEST(the_limit_is_1002_bytes)
{
	for (size_t piece = 1; piece <= 2048; piece *= 2) {
		ck_assert_int_eq(feed_address(1001, piece), ENVELOPE_MORE);
		ck_assert_int_eq(feed_address(1002, piece), ENVELOPE_MORE);
		ck_assert_int_eq(feed_address(1003, piece), ENVELOPE_LONG);
		ck_assert_int_eq(feed_address(2048, piece), ENVELOPE_LONG);
	}
}
END_TEST

int
main(void)
{
	TCase *t = unit_begin("qmail/envelope");

	tcase_add_loop_test(t, whole, 0, ROWS(cases));
	tcase_add_loop_test(t, byte_by_byte, 0, ROWS(cases));
	tcase_add_test(t, the_limit_is_1002_bytes);
	return unit_end();
}
