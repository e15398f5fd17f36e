/* SPDX-License-Identifier: ISC */
#include "qmail/queue_scan.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/queue.h"
#include "tests/support/unit.h"

static const struct queue_layout flat = {.split = 3};
static const struct queue_layout split = {.split = 3, .split_todo = true};

enum { ALL = QUEUE_SETS - 1 };

static void
put_set(int dir, const struct queue_layout *layout, uint64_t id, unsigned bits)
{
	for (enum queue_kind kind = QUEUE_MESS; kind < QUEUE_KINDS; kind++) {
		if ((bits & QUEUE_BIT(kind)) != 0)
			queue_put_file(dir, layout, kind, id, SPAN("x"));
	}
}

/* Ids chosen so that every subdirectory gets every kind of set. */
START_TEST(every_set_of_files_is_seen)
{
	const struct queue_layout *layout = _i == 0 ? &flat : &split;
	int dir = open_tmp_dir();
	struct queue_scan s;

	queue_make(dir, layout);
	for (unsigned bits = 1; bits < QUEUE_SETS; bits++)
		put_set(dir, layout, 1000 + bits, bits);
	ck_assert_int_eq(queue_scan_load(&s, dir, layout, ALL, NULL), 0);
	ck_assert_uint_eq(s.n, QUEUE_SETS - 1);
	ck_assert_uint_eq(s.unreadable, 0);
	for (unsigned bits = 1; bits < QUEUE_SETS; bits++) {
		const struct queue_item *item =
		    queue_scan_find(&s, 1000 + bits);

		ck_assert_ptr_nonnull(item);
		ck_assert_uint_eq(item->bits, bits);
		ck_assert_uint_eq(item->odd, 0);
		ck_assert_uint_eq(item->misplaced, 0);
		ck_assert((item->ino != 0) == ((bits & 1) != 0));
	}
	ck_assert_ptr_null(queue_scan_find(&s, 999));
	for (enum queue_kind kind = QUEUE_MESS; kind < QUEUE_KINDS; kind++) {
		ck_assert_uint_eq(s.count[kind], QUEUE_SETS / 2);
		ck_assert_uint_eq(s.foreign[kind], 0);
	}
	queue_scan_free(&s);
}
END_TEST

START_TEST(strange_things_are_told_apart)
{
	int dir = open_tmp_dir();
	const struct queue_item *item;
	struct queue_scan s;
	struct stat st;

	queue_make(dir, &flat);
	queue_put(dir, "mess/1/7", SPAN(""));     /* in its place */
	queue_put(dir, "info/2/7", SPAN(""));     /* 7 mod 3 is 1 */
	queue_put(dir, "local/7", SPAN(""));      /* above the numbers */
	queue_put(dir, "mess/1/007", SPAN(""));   /* not canonical */
	queue_put(dir, "mess/core", SPAN(""));    /* foreign */
	queue_put(dir, "todo/0", SPAN(""));       /* no message number */
	queue_put(dir, "bounce/7.tmp", SPAN("")); /* foreign */
	ck_assert_int_eq(mkdirat(dir, "remote/1/7", 0700), 0);
	ck_assert_int_eq(mkdirat(dir, "remote/9", 0700), 0);
	queue_put(dir, "remote/9/9", SPAN("")); /* beyond the layout */
	ck_assert_int_eq(symlinkat("x", dir, "intd/8"), 0);
	ck_assert_int_eq(queue_scan_load(&s, dir, &flat, ALL, NULL), 0);

	item = queue_scan_find(&s, 7);
	ck_assert_ptr_nonnull(item);
	ck_assert_uint_eq(item->bits,
	    QUEUE_BIT(QUEUE_MESS) | QUEUE_BIT(QUEUE_REMOTE));
	ck_assert_uint_eq(item->odd, QUEUE_BIT(QUEUE_REMOTE));
	ck_assert_uint_eq(item->misplaced,
	    QUEUE_BIT(QUEUE_INFO) | QUEUE_BIT(QUEUE_LOCAL));
	ck_assert_int_eq(fstatat(dir, "mess/1/7", &st, 0), 0);
	ck_assert_uint_eq(item->ino, st.st_ino);
	item = queue_scan_find(&s, 8);
	ck_assert_uint_eq(item->odd, QUEUE_BIT(QUEUE_INTD));
	item = queue_scan_find(&s, 9);
	ck_assert_uint_eq(item->misplaced, QUEUE_BIT(QUEUE_REMOTE));
	ck_assert_uint_eq(s.n, 3);
	ck_assert_uint_eq(s.foreign[QUEUE_MESS], 2);
	ck_assert_uint_eq(s.foreign[QUEUE_TODO], 1);
	ck_assert_uint_eq(s.foreign[QUEUE_BOUNCE], 1);
	queue_scan_free(&s);
}
END_TEST

START_TEST(missing_directories_are_recorded_and_skipped)
{
	int dir = open_tmp_dir();
	struct queue_scan s;

	queue_make(dir, &flat);
	queue_put_file(dir, &flat, QUEUE_INFO, 5, SPAN("Fx\0"));
	ck_assert_int_eq(unlinkat(dir, "info/0", AT_REMOVEDIR), 0);
	ck_assert_int_eq(unlinkat(dir, "bounce", AT_REMOVEDIR), 0);
	ck_assert_int_eq(queue_scan_load(&s, dir, &flat, ALL, NULL), 0);
	ck_assert_uint_eq(s.n, 1);
	ck_assert_uint_eq(s.unreadable,
	    QUEUE_BIT(QUEUE_INFO) | QUEUE_BIT(QUEUE_BOUNCE));
	ck_assert_str_eq(s.trouble.text,
	    "cannot open directory info/0: No such file or directory");
	queue_scan_free(&s);
}
END_TEST

START_TEST(only_what_is_asked_for_is_read)
{
	int dir = open_tmp_dir();
	struct queue_scan s;

	queue_make(dir, &flat);
	put_set(dir, &flat, 5, ALL);
	ck_assert_int_eq(queue_scan_load(&s, dir, &flat,
	                     QUEUE_BIT(QUEUE_INFO) | QUEUE_BIT(QUEUE_LOCAL),
	                     NULL),
	    0);
	ck_assert_uint_eq(queue_scan_find(&s, 5)->bits,
	    QUEUE_BIT(QUEUE_INFO) | QUEUE_BIT(QUEUE_LOCAL));
	queue_scan_free(&s);
}
END_TEST

START_TEST(a_second_look_sees_what_changed)
{
	int dir = open_tmp_dir();
	struct queue_scan s;
	struct queue_item *item;

	queue_make(dir, &flat);
	put_set(dir, &flat, 5, QUEUE_BIT(QUEUE_MESS) | QUEUE_BIT(QUEUE_TODO));
	ck_assert_int_eq(queue_scan_load(&s, dir, &flat, ALL, NULL), 0);
	item = queue_scan_find(&s, 5);
	ck_assert_int_eq(unlinkat(dir, "todo/5", 0), 0);
	put_set(dir, &flat, 5, QUEUE_BIT(QUEUE_INFO));
	queue_scan_look_again(item, dir, &flat);
	ck_assert_uint_eq(item->bits,
	    QUEUE_BIT(QUEUE_MESS) | QUEUE_BIT(QUEUE_INFO));
	queue_scan_free(&s);
}
END_TEST

START_TEST(no_memory_is_an_error)
{
	int dir = open_tmp_dir(), rc = -1, nth = 0;
	struct queue_scan s;
	struct err e;

	queue_make(dir, &flat);
	put_set(dir, &flat, 5, ALL);
	while (rc == -1) {
		fault_at(FAULT_REALLOC, ++nth, 0);
		rc = queue_scan_load(&s, dir, &flat, ALL, &e);
		ck_assert(rc == 0 || e.sys == ENOMEM);
	}
	fault_at(FAULT_REALLOC, 0, 0);
	ck_assert_int_gt(nth, 1);
	queue_scan_free(&s);
}
END_TEST

START_TEST(an_item_is_small)
{
	ck_assert_uint_le(sizeof(struct queue_item), 24);
}
END_TEST

/* A queue of 23 whose files were put there by a build with 29, and others. */
static const struct {
	const char *label;
	uint64_t divisor, largest, want;
} guesses[] = {
    {"no files", 0, 0, 0},
    {"clear", 29, 28, 29},
    {"clear, low numbers only", 29, 12, 29},
    {"no agreement", 1, 22, 0},
    {"several", 46, 22, 0},
    {"several, but only one is large enough", 46, 23, 46},
    {"divisor too small", 11, 22, 0},
    {"huge", (uint64_t)1 << 63, 20000, 0},
};

START_TEST(guess_split)
{
	ck_assert_msg(queue_split_guess(guesses[_i].divisor,
	                  guesses[_i].largest) == guesses[_i].want,
	    "%s", guesses[_i].label);
}
END_TEST

START_TEST(files_tell_their_split)
{
	int dir = open_tmp_dir();
	struct queue_scan s;

	queue_make(dir, &flat);
	/* made for 2 subdirectories */
	queue_put(dir, "info/0/4", SPAN(""));
	queue_put(dir, "info/1/5", SPAN(""));
	queue_put(dir, "info/1/11", SPAN(""));
	ck_assert_int_eq(queue_scan_load(&s, dir, &flat, ALL, NULL), 0);
	ck_assert_uint_eq(queue_split_guess(s.divisor[QUEUE_INFO], 1), 2);
	queue_scan_free(&s);
}
END_TEST

int
main(void)
{
	TCase *t = unit_begin("qmail/queue_scan");

	tcase_add_loop_test(t, every_set_of_files_is_seen, 0, 2);
	tcase_add_test(t, strange_things_are_told_apart);
	tcase_add_test(t, missing_directories_are_recorded_and_skipped);
	tcase_add_test(t, only_what_is_asked_for_is_read);
	tcase_add_test(t, a_second_look_sees_what_changed);
	tcase_add_test(t, no_memory_is_an_error);
	tcase_add_test(t, an_item_is_small);
	tcase_add_loop_test(t, guess_split, 0, ROWS(guesses));
	tcase_add_test(t, files_tell_their_split);
	return unit_end();
}
