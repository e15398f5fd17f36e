/* SPDX-License-Identifier: ISC */
#include "qmail/queue_path.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/queue.h"
#include "tests/support/unit.h"

static const struct {
	struct queue_layout layout;
	enum queue_kind kind;
	uint64_t id;
	const char *path, *dir;
} paths[] = {
    {{23, false, false}, QUEUE_MESS, 457, "mess/20/457", "mess/20"},
    {{23, false, false}, QUEUE_INFO, 457, "info/20/457", "info/20"},
    {{23, false, false}, QUEUE_LOCAL, 457, "local/20/457", "local/20"},
    {{23, false, false}, QUEUE_REMOTE, 457, "remote/20/457", "remote/20"},
    {{23, false, false}, QUEUE_INTD, 457, "intd/457", "intd"},
    {{23, false, false}, QUEUE_TODO, 457, "todo/457", "todo"},
    {{23, false, false}, QUEUE_BOUNCE, 457, "bounce/457", "bounce"},
    {{23, true, false}, QUEUE_INTD, 457, "intd/20/457", "intd/20"},
    {{23, true, false}, QUEUE_TODO, 457, "todo/20/457", "todo/20"},
    {{23, true, false}, QUEUE_BOUNCE, 457, "bounce/457", "bounce"},
    {{1, false, false}, QUEUE_MESS, 457, "mess/0/457", "mess/0"},
    {{65536, false, false}, QUEUE_REMOTE, UINT64_MAX,
        "remote/65535/18446744073709551615", "remote/65535"},
};

START_TEST(a_kind_and_a_number_make_a_path)
{
	ck_assert_str_eq(
	    queue_path(&paths[_i].layout, paths[_i].kind, paths[_i].id).text,
	    paths[_i].path);
	ck_assert_str_eq(queue_path_dir(&paths[_i].layout, paths[_i].kind,
	                     paths[_i].id)
	                     .text,
	    paths[_i].dir);
}
END_TEST

START_TEST(spawners_are_told_the_rest_of_the_path)
{
	struct queue_layout l = {.split = 23};

	ck_assert_str_eq(queue_path_mess_name(&l, 457).text, "20/457");
}
END_TEST

static const struct {
	struct span name;
	bool want;
	uint64_t id;
} ids[] = {
    {SPAN_INIT("457"), true, 457},
    {SPAN_INIT("1"), true, 1},
    {SPAN_INIT("18446744073709551615"), true, UINT64_MAX},
    {SPAN_INIT("18446744073709551616"), false, 0},
    {SPAN_INIT("0"), false, 0},
    {SPAN_INIT("0012"), false, 0},
    {SPAN_INIT(""), false, 0},
    {SPAN_INIT("."), false, 0},
    {SPAN_INIT("12x"), false, 0},
    {SPAN_INIT("12\0"), false, 0},
    {SPAN_INIT("-12"), false, 0},
    {SPAN_INIT(" 12"), false, 0},
};

START_TEST(only_canonical_numbers_are_ids)
{
	uint64_t id = 0;

	ck_assert_int_eq(queue_id_parse(ids[_i].name, &id), ids[_i].want);
	ck_assert_uint_eq(id, ids[_i].id);
}
END_TEST

static const struct queue_layout layouts[] = {
    {23, false, false},
    {23, true, false},
    {1, false, false},
    {7, true, false},
    {151, false, false},
};

START_TEST(the_layout_is_found)
{
	struct queue_layout got;
	int dir = open_tmp_dir();
	struct err e;

	queue_make(dir, &layouts[_i]);
	ck_assert_int_eq(queue_layout_detect(dir, &got, &e), 0);
	ck_assert_uint_eq(got.split, layouts[_i].split);
	ck_assert_int_eq(got.split_todo, layouts[_i].split_todo);

	/* foreign folders and files change nothing */
	ck_assert_int_eq(mkdirat(dir, "mess/lost+found", 0755), 0);
	ck_assert_int_eq(mkdirat(dir, "mess/007", 0755), 0);
	queue_put(dir, "mess/999", SPAN(""));
	ck_assert_int_eq(queue_layout_detect(dir, &got, &e), 0);
	ck_assert_uint_eq(got.split, layouts[_i].split);
	close(dir);
}
END_TEST

START_TEST(a_message_called_0_does_not_split_todo)
{
	struct queue_layout got;
	int dir = open_tmp_dir();
	struct err e;

	queue_make(dir, &layouts[0]);
	queue_put(dir, "todo/0", SPAN(""));
	ck_assert_int_eq(queue_layout_detect(dir, &got, &e), 0);
	ck_assert(!got.split_todo);
	close(dir);
}
END_TEST

START_TEST(holes_are_refused)
{
	struct queue_layout got;
	int dir = open_tmp_dir();
	struct err e;

	ck_assert_int_eq(queue_layout_detect(dir, &got, &e), -1);
	ck_assert_int_eq(mkdirat(dir, "mess", 0755), 0);
	ck_assert_int_eq(queue_layout_detect(dir, &got, &e), -1);
	ck_assert_int_eq(e.kind, ERR_FORMAT);
	ck_assert_int_eq(mkdirat(dir, "mess/0", 0755), 0);
	ck_assert_int_eq(mkdirat(dir, "mess/1", 0755), 0);
	ck_assert_int_eq(mkdirat(dir, "mess/3", 0755), 0);
	/* three of them, 2 is missing, but 3 is there */
	ck_assert_int_eq(queue_layout_detect(dir, &got, &e), -1);
	ck_assert_int_eq(e.kind, ERR_FORMAT);
	ck_assert_int_eq(mkdirat(dir, "mess/2", 0755), 0);
	ck_assert_int_eq(queue_layout_detect(dir, &got, &e), 0);
	ck_assert_uint_eq(got.split, 4);
	close(dir);
}
END_TEST

int
main(void)
{
	TCase *t = unit_begin("qmail/queue_path");

	tcase_add_loop_test(t, a_kind_and_a_number_make_a_path, 0, ROWS(paths));
	tcase_add_test(t, spawners_are_told_the_rest_of_the_path);
	tcase_add_loop_test(t, only_canonical_numbers_are_ids, 0, ROWS(ids));
	tcase_add_loop_test(t, the_layout_is_found, 0, ROWS(layouts));
	tcase_add_test(t, a_message_called_0_does_not_split_todo);
	tcase_add_test(t, holes_are_refused);
	return unit_end();
}
