/* SPDX-License-Identifier: ISC */
#include "mta/local/local_message.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/fd.h"
#include "tests/support/unit.h"

static int
make_file(size_t n)
{
	int fd = openat(open_tmp_dir(), "message", O_RDWR | O_CREAT | O_CLOEXEC,
	    0600);
	struct str text = {0};

	while (text.n < n)
		str_put_u64(&text, text.n);
	str_cut(&text, n);
	ck_assert_int_eq(fd_write_full(fd, text.p, text.n), 0);
	str_free(&text);
	return fd;
}

static size_t
count_bytes(struct local_message *m)
{
	struct span block;
	size_t n = 0;
	int more;

	local_message_rewind(m);
	while ((more = local_message_next(m, &block)) == 1)
		n += block.n;
	ck_assert_int_eq(more, 0);
	return n;
}

static const size_t sizes[] = {0, 1, LOCAL_BLOCK - 1, LOCAL_BLOCK,
    LOCAL_BLOCK + 1, 3 * LOCAL_BLOCK};

START_TEST(can_be_read_again_and_again)
{
	struct local_message m;
	int fd = make_file(sizes[_i]);

	ck_assert_int_eq(local_message_open(&m, fd), 0);
	for (int i = 0; i < 3; i++)
		ck_assert_uint_eq(count_bytes(&m), sizes[_i]);
	ck_assert_int_eq(lseek(fd, 0, SEEK_CUR), (off_t)sizes[_i]);
	local_message_close(&m);
}
END_TEST

START_TEST(rewinding_in_the_middle_starts_again)
{
	struct local_message m;
	struct span block;
	int fd = make_file(2 * (size_t)LOCAL_BLOCK);

	ck_assert_int_eq(local_message_open(&m, fd), 0);
	ck_assert_int_eq(local_message_next(&m, &block), 1);
	ck_assert_int_eq(local_message_next(&m, &block), 1);
	local_message_rewind(&m);
	ck_assert_int_eq(local_message_next(&m, &block), 1);
	ck_span(span_first(block, 4), SPAN("0123"), "start");
	local_message_close(&m);
}
END_TEST

START_TEST(what_cannot_be_sought_is_an_error)
{
	struct local_message m;
	struct span block;
	int ends[2];

	ck_assert_int_eq(fd_pipe(ends), 0);
	ck_assert_int_eq(local_message_open(&m, ends[0]), 0);
	ck_assert_int_eq(local_message_next(&m, &block), -1);
	ck_assert_int_eq(errno, ESPIPE);
	local_message_close(&m);
}
END_TEST

int
main(void)
{
	TCase *t = unit_begin("local/local_message");

	tcase_add_loop_test(t, can_be_read_again_and_again, 0, ROWS(sizes));
	tcase_add_test(t, rewinding_in_the_middle_starts_again);
	tcase_add_test(t, what_cannot_be_sought_is_an_error);
	return unit_end();
}
