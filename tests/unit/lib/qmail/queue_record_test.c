/* SPDX-License-Identifier: ISC */
#include "qmail/queue_record.h"

#include <errno.h>
#include <unistd.h>

#include "base/fd.h"
#include "tests/support/unit.h"

/* the dumps of queue.md section 2 */
static const unsigned char todo_bytes[] = {0x75, 0x31, 0x30, 0x30, 0x32, 0x00,
    0x70, 0x31, 0x35, 0x32, 0x36, 0x31, 0x00, 0x46, 0x61, 0x6e, 0x6e, 0x40,
    0x61, 0x2e, 0x65, 0x78, 0x61, 0x6d, 0x70, 0x6c, 0x65, 0x00, 0x54, 0x62,
    0x6f, 0x62, 0x40, 0x72, 0x2e, 0x65, 0x78, 0x61, 0x6d, 0x70, 0x6c, 0x65,
    0x00, 0x54, 0x69, 0x6e, 0x66, 0x6f, 0x40, 0x76, 0x69, 0x72, 0x74, 0x2e,
    0x65, 0x78, 0x61, 0x6d, 0x70, 0x6c, 0x65, 0x00};
static const unsigned char info_bytes[] = {0x46, 0x61, 0x6e, 0x6e, 0x40, 0x61,
    0x2e, 0x65, 0x78, 0x61, 0x6d, 0x70, 0x6c, 0x65, 0x00};
static const unsigned char remote_bytes[] = {0x44, 0x62, 0x6f, 0x62, 0x40, 0x72,
    0x2e, 0x65, 0x78, 0x61, 0x6d, 0x70, 0x6c, 0x65, 0x00, 0x54, 0x63, 0x61,
    0x6c, 0x40, 0x72, 0x2e, 0x65, 0x78, 0x61, 0x6d, 0x70, 0x6c, 0x65, 0x00};
static const unsigned char local_bytes[] = {0x54, 0x61, 0x6c, 0x69, 0x63, 0x65,
    0x2d, 0x76, 0x2d, 0x69, 0x6e, 0x66, 0x6f, 0x40, 0x76, 0x69, 0x72, 0x74,
    0x2e, 0x65, 0x78, 0x61, 0x6d, 0x70, 0x6c, 0x65, 0x00};

struct row {
	char letter;
	const char *text;
};

#define BYTES(array)                                 \
	{                                            \
		(const char *)(array), sizeof(array) \
	}

static const struct {
	struct span bytes;
	struct row rows[6]; /* ends with letter 0 */
} files[] = {
    {BYTES(todo_bytes),
        {{'u', "1002"}, {'p', "15261"}, {'F', "ann@a.example"},
            {'T', "bob@r.example"}, {'T', "info@virt.example"}, {0, NULL}}},
    {BYTES(info_bytes), {{'F', "ann@a.example"}, {0, NULL}}},
    {BYTES(remote_bytes),
        {{'D', "bob@r.example"}, {'T', "cal@r.example"}, {0, NULL}}},
    {BYTES(local_bytes), {{'T', "alice-v-info@virt.example"}, {0, NULL}}},
};

START_TEST(files_are_written_byte_for_byte)
{
	struct str out = {0};

	for (const struct row *r = files[_i].rows; r->letter != 0; r++)
		queue_record_put(&out, r->letter, span_cstr(r->text));
	ck_span(str_span(&out), files[_i].bytes, "file");
	str_free(&out);
}
END_TEST

START_TEST(files_are_read_with_their_offsets)
{
	struct span in = files[_i].bytes;
	uint64_t offset = 0;
	struct queue_record got;

	for (const struct row *r = files[_i].rows; r->letter != 0; r++) {
		ck_assert_int_eq(queue_record_take(&in, &offset, &got),
		    QUEUE_RECORD_OK);
		ck_assert_int_eq(got.letter, r->letter);
		ck_span(got.text, span_cstr(r->text), "text");
		ck_assert_int_eq(files[_i].bytes.p[got.offset], r->letter);
	}
	ck_assert_int_eq(queue_record_take(&in, &offset, &got),
	    QUEUE_RECORD_END);
	ck_assert_uint_eq(offset, files[_i].bytes.n);
}
END_TEST

START_TEST(an_unterminated_record_is_damage)
{
	struct span in = SPAN("Tbob\0Tcal");
	uint64_t offset = 0;
	struct queue_record got;

	ck_assert_int_eq(queue_record_take(&in, &offset, &got),
	    QUEUE_RECORD_OK);
	ck_assert_int_eq(queue_record_take(&in, &offset, &got),
	    QUEUE_RECORD_CUT);
	ck_assert_uint_eq(in.n, 4);
	ck_assert_uint_eq(offset, 5);
}
END_TEST

START_TEST(the_end_of_an_envelope_has_no_letter)
{
	struct span in = SPAN("\0");
	uint64_t offset = 0;
	struct queue_record got;

	ck_assert_int_eq(queue_record_take(&in, &offset, &got),
	    QUEUE_RECORD_OK);
	ck_assert_int_eq(got.letter, 0);
	ck_assert_uint_eq(got.text.n, 0);
}
END_TEST

/* A reader on a pipe that holds these bytes. */
static void
open_reader(struct queue_reader *q, struct span bytes, size_t max)
{
	int ends[2];

	ck_assert_int_eq(fd_pipe(ends), 0);
	ck_assert_int_eq(fd_write_full(ends[1], bytes.p, bytes.n), 0);
	close(ends[1]);
	ck_assert_int_eq(queue_reader_open(q, ends[0], max), 0);
}

START_TEST(the_stream_reads_the_same)
{
	struct queue_reader q;
	struct queue_record got;

	open_reader(&q, files[_i].bytes, 100);
	for (const struct row *r = files[_i].rows; r->letter != 0; r++) {
		ck_assert_int_eq(queue_reader_next(&q, &got), QUEUE_RECORD_OK);
		ck_assert_int_eq(got.letter, r->letter);
		ck_span(got.text, span_cstr(r->text), "text");
		ck_assert_int_eq(files[_i].bytes.p[got.offset], r->letter);
	}
	ck_assert_int_eq(queue_reader_next(&q, &got), QUEUE_RECORD_END);
	queue_reader_close(&q);
}
END_TEST

static const struct {
	const char *label;
	struct span bytes;
	size_t max;
	enum queue_record_status want; /* of the first record */
} streams[] = {
    {"empty", SPAN_INIT(""), 10, QUEUE_RECORD_END},
    {"cut", SPAN_INIT("Tbob"), 10, QUEUE_RECORD_CUT},
    {"fits", SPAN_INIT("Tbob\0"), 5, QUEUE_RECORD_OK},
    {"long", SPAN_INIT("Tbob\0"), 4, QUEUE_RECORD_LONG},
    {"long and cut", SPAN_INIT("Tbobbob"), 5, QUEUE_RECORD_LONG},
    {"one byte more", SPAN_INIT("Tbobb\0"), 5, QUEUE_RECORD_LONG},
};

START_TEST(limits_and_damage)
{
	struct queue_reader q;
	struct queue_record got;

	open_reader(&q, streams[_i].bytes, streams[_i].max);
	ck_assert_msg(queue_reader_next(&q, &got) == streams[_i].want, "%s",
	    streams[_i].label);
	queue_reader_close(&q);
}
END_TEST

START_TEST(trouble_with_reading_is_an_error)
{
	struct queue_reader q;
	struct queue_record got;

	ck_assert_int_eq(queue_reader_open(&q, -1, 100), 0);
	ck_assert_int_eq(queue_reader_next(&q, &got), QUEUE_RECORD_ERROR);
	ck_assert_int_eq(errno, EBADF);
	queue_reader_close(&q);
}
END_TEST

int
main(void)
{
	TCase *t = unit_begin("qmail/queue_record");

	tcase_add_loop_test(t, files_are_written_byte_for_byte, 0, ROWS(files));
	tcase_add_loop_test(t, files_are_read_with_their_offsets, 0,
	    ROWS(files));
	tcase_add_test(t, an_unterminated_record_is_damage);
	tcase_add_test(t, the_end_of_an_envelope_has_no_letter);
	tcase_add_loop_test(t, the_stream_reads_the_same, 0, ROWS(files));
	tcase_add_loop_test(t, limits_and_damage, 0, ROWS(streams));
	tcase_add_test(t, trouble_with_reading_is_an_error);
	return unit_end();
}
