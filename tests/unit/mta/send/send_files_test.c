/* SPDX-License-Identifier: ISC */
#include "mta/send/send_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "tests/support/unit.h"

static void
make_file(int dir, const char *name, struct span bytes)
{
	int fd = openat(dir, name, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	ck_assert_int_ne(fd, -1);
	ck_assert_int_eq(fd_write_full(fd, bytes.p, bytes.n), 0);
	ck_assert_int_eq(close(fd), 0);
}

static const struct {
	const char *label;
	struct span bytes;
	enum send_file_status want;
	struct span sender;
} infos[] = {
    {"plain", SPAN_INIT("Fjoe@a.example\0"), SEND_FILE_OK,
        SPAN_INIT("joe@a.example")},
    {"empty sender", SPAN_INIT("F\0"), SEND_FILE_OK, SPAN_INIT("")},
    {"more records", SPAN_INIT("Fa@b\0ex\0"), SEND_FILE_OK, SPAN_INIT("a@b")},
    {"empty", SPAN_INIT(""), SEND_FILE_BAD, {0}},
    {"no NUL", SPAN_INIT("Fjoe"), SEND_FILE_BAD, {0}},
    {"other letter", SPAN_INIT("Tjoe\0"), SEND_FILE_BAD, {0}},
    {"NULs", SPAN_INIT("\0\0\0"), SEND_FILE_BAD, {0}},
};

START_TEST(info)
{
	int dir = open_tmp_dir();
	struct str sender = {0};
	int64_t birth;

	make_file(dir, "info", infos[_i].bytes);
	ck_assert_msg(send_info_load(dir, "info", &sender, &birth) ==
	                  infos[_i].want,
	    "%s", infos[_i].label);
	ck_assert_int_gt(birth, 0);
	if (infos[_i].want == SEND_FILE_OK)
		ck_span(str_span(&sender), infos[_i].sender, infos[_i].label);
	str_free(&sender);
	close(dir);
}
END_TEST

START_TEST(other_types_are_refused)
{
	int dir = open_tmp_dir();
	struct str sender = {0};
	int64_t birth;

	ck_assert_int_eq(mkfifoat(dir, "fifo", 0600), 0);
	ck_assert_int_eq(mkdirat(dir, "dir", 0700), 0);
	make_file(dir, "real", SPAN("Fa@b\0"));
	ck_assert_int_eq(symlinkat("real", dir, "link"), 0);
	ck_assert_int_eq(send_info_load(dir, "none", &sender, &birth),
	    SEND_FILE_MISSING);
	ck_assert_int_eq(send_info_load(dir, "fifo", &sender, &birth),
	    SEND_FILE_ERROR);
	ck_assert_int_eq(send_info_load(dir, "dir", &sender, &birth),
	    SEND_FILE_ERROR);
	ck_assert_int_eq(send_info_load(dir, "link", &sender, &birth),
	    SEND_FILE_ERROR);
	ck_assert_int_eq(send_file_open(dir, "link", O_RDWR), -1);
	close(dir);
}
END_TEST

/* A pass told as text: "T12;" is a recipient at offset 12. */
static void
tell_pass(int fd, struct str *out)
{
	static const char letters[] = {[SEND_PASS_TODO] = 'T',
	    [SEND_PASS_DONE] = 'D',
	    [SEND_PASS_END] = '.',
	    [SEND_PASS_UNKNOWN] = '?',
	    [SEND_PASS_DAMAGED] = '!',
	    [SEND_PASS_ERROR] = 'E'};
	struct send_pass pass = {.fd = fd};
	enum send_pass_status status;
	struct span text;

	do {
		status = send_pass_peek(&pass, &text);
		str_putc(out, letters[status]);
		if (status != SEND_PASS_TODO && status != SEND_PASS_DONE)
			break;
		str_put_u64(out, pass.offset);
		str_putc(out, ';');
		send_pass_skip(&pass, text);
	} while (true);
	ck_assert(send_pass_is_over(&pass) == (status == SEND_PASS_END));
	send_pass_end(&pass);
}

static const struct {
	const char *label;
	struct span bytes, want;
} passes[] = {
    {"one", SPAN_INIT("Ta@b\0"), SPAN_INIT("T0;.")},
    {"mixed", SPAN_INIT("Ta@b\0Dc@d\0T\0"), SPAN_INIT("T0;D5;T10;.")},
    {"empty", SPAN_INIT(""), SPAN_INIT("!")},
    {"cut", SPAN_INIT("Ta@b\0Tc@d"), SPAN_INIT("T0;!")},
    {"letter", SPAN_INIT("Ta@b\0Xc@d\0Te\0"), SPAN_INIT("T0;?")},
    {"hole", SPAN_INIT("\0\0\0\0"), SPAN_INIT("?")},
};

START_TEST(pass)
{
	int dir = open_tmp_dir(), fd;
	struct str told = {0};

	make_file(dir, "chan", passes[_i].bytes);
	fd = send_file_open(dir, "chan", O_RDONLY);
	tell_pass(fd, &told);
	ck_span(str_span(&told), passes[_i].want, passes[_i].label);
	str_free(&told);
	close(fd);
	close(dir);
}
END_TEST

/* Records that lie across the boundaries of what is read at once, and one that
 * is longer than any may be. */
START_TEST(long_files)
{
	int dir = open_tmp_dir(), fd;
	struct str bytes = {0}, told = {0}, want = {0};

	for (int i = 0; i < 200; i++) {
		str_put_cstr(&want, i % 3 == 0 ? "D" : "T");
		str_put_u64(&want, bytes.n);
		str_putc(&want, ';');
		str_putc(&bytes, i % 3 == 0 ? 'D' : 'T');
		for (int k = 0; k < i * 5; k++)
			str_putc(&bytes, 'x');
		str_putc(&bytes, '\0');
	}
	str_putc(&bytes, 'T');
	for (int k = 0; k < 2 * SEND_RECORD_MAX; k++)
		str_putc(&bytes, 'x');
	str_put(&bytes, SPAN("\0Tlast\0"));
	str_putc(&want, '!');
	make_file(dir, "chan", str_span(&bytes));
	fd = send_file_open(dir, "chan", O_RDONLY);
	tell_pass(fd, &told);
	ck_span(str_span(&told), str_span(&want), "long file");
	str_free(&bytes);
	str_free(&told);
	str_free(&want);
	close(fd);
	close(dir);
}
END_TEST

START_TEST(a_mark_is_one_byte)
{
	int dir = open_tmp_dir(), fd;
	char bytes[16];

	make_file(dir, "chan", SPAN("Ta@b\0Tc@d\0"));
	fd = send_file_open(dir, "chan", O_RDWR);
	ck_assert_int_eq(send_file_mark(fd, 5), 0);
	ck_assert_int_eq(pread(fd, bytes, sizeof(bytes), 0), 10);
	ck_span((struct span){bytes, 10}, SPAN("Ta@b\0Dc@d\0"), "marked");
	close(fd);
	fd = send_file_open(dir, "chan", O_RDONLY);
	ck_assert_int_eq(send_file_mark(fd, 0), -1);
	close(fd);
	close(dir);
}
END_TEST

int
main(void)
{
	TCase *t = unit_begin("send/send_files");

	tcase_add_loop_test(t, info, 0, ROWS(infos));
	tcase_add_test(t, other_types_are_refused);
	tcase_add_loop_test(t, pass, 0, ROWS(passes));
	tcase_add_test(t, long_files);
	tcase_add_test(t, a_mark_is_one_byte);
	return unit_end();
}
