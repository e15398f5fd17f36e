/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/in.h"
#include "base/out.h"
#include "tests/support/unit.h"

static int
file_of(struct span bytes)
{
	int fd =
	    openat(open_tmp_dir(), "f", O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	ck_assert_int_eq(fd_write_full(fd, bytes.p, bytes.n), 0);
	ck_assert_int_eq(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

START_TEST(lines_come_with_their_newline)
{
	struct str line = {0};
	struct in in;

	ck_assert_int_eq(in_open(&in, file_of(SPAN("one\n\nla\0st"))), 0);
	ck_assert_int_eq(in_line(&in, 100, &line), IN_OK);
	ck_span(str_span(&line), SPAN("one\n"), "first");
	str_reset(&line);
	ck_assert_int_eq(in_line(&in, 100, &line), IN_OK);
	ck_span(str_span(&line), SPAN("\n"), "empty");
	str_reset(&line);
	ck_assert_int_eq(in_line(&in, 100, &line), IN_OK);
	ck_span(str_span(&line), SPAN("la\0st"), "last");
	ck_assert_int_eq(in_line(&in, 100, &line), IN_END);
	in_close(&in);
	str_free(&line);
}
END_TEST

START_TEST(a_line_over_the_limit_is_refused)
{
	struct str line = {0};
	struct in in;

	ck_assert_int_eq(in_open(&in, file_of(SPAN("12345\n"))), 0);
	ck_assert_int_eq(in_line(&in, 5, &line), IN_LONG);
	in_close(&in);
	str_free(&line);
}
END_TEST

START_TEST(lines_longer_than_the_buffer_arrive_whole)
{
	size_t n = 3 * (size_t)IN_BUFFER + 7;
	struct str text = {0}, line = {0};
	struct in in;

	for (size_t i = 0; i < n; i++)
		str_putc(&text, (char)('a' + i % 26));
	str_putc(&text, '\n');
	ck_assert_int_eq(in_open(&in, file_of(str_span(&text))), 0);
	ck_assert_int_eq(in_line(&in, text.n, &line), IN_OK);
	ck_assert(span_eq(str_span(&line), str_span(&text)));
	in_close(&in);
	str_free(&line);
	str_free(&text);
}
END_TEST

START_TEST(output_arrives_in_order_whatever_its_size)
{
	char *big = calloc(1, 2 * (size_t)OUT_BUFFER), *back;
	int fd = file_of(SPAN(""));
	struct out out;

	memset(big, 'b', 2 * (size_t)OUT_BUFFER);
	ck_assert_int_eq(out_open(&out, fd), 0);
	out_put(&out, SPAN("a"));
	out_put(&out, (struct span){big, 2 * (size_t)OUT_BUFFER});
	out_put_u64(&out, 10);
	ck_assert_int_eq(out_flush(&out), 0);
	out_close(&out);
	back = calloc(1, 3 * (size_t)OUT_BUFFER);
	ck_assert_int_eq(pread(fd, back, 3 * (size_t)OUT_BUFFER, 0),
	    1 + 2 * OUT_BUFFER + 2);
	ck_assert_int_eq(back[0], 'a');
	ck_assert_int_eq(back[1], 'b');
	ck_assert_int_eq(back[2 * OUT_BUFFER], 'b');
	ck_assert_str_eq(back + 1 + 2 * (size_t)OUT_BUFFER, "10");
	free(back);
	free(big);
}
END_TEST

START_TEST(first_failed_write_latches)
{
	struct out out;

	ck_assert_int_eq(out_open(&out, -1), 0);
	out_put(&out, SPAN("x"));
	ck_assert_int_eq(out_flush(&out), -1);
	ck_assert_int_eq(errno, EBADF);
	ck_assert_int_eq(out_flush(&out), -1);
	out_close(&out);
}
END_TEST

START_TEST(closed_standard_descriptors_are_filled)
{
	ck_assert_int_eq(close(0), 0);
	ck_assert_int_eq(fd_ensure_standard(), 0);
	ck_assert_int_ne(fcntl(0, F_GETFD), -1);
}
END_TEST

int
main(void)
{
	TCase *t = unit_begin("base/in, base/out, base/fd");

	tcase_add_test(t, lines_come_with_their_newline);
	tcase_add_test(t, a_line_over_the_limit_is_refused);
	tcase_add_test(t, lines_longer_than_the_buffer_arrive_whole);
	tcase_add_test(t, output_arrives_in_order_whatever_its_size);
	tcase_add_test(t, first_failed_write_latches);
	tcase_add_test(t, closed_standard_descriptors_are_filled);
	return unit_end();
}
