/* SPDX-License-Identifier: ISC */
#include "mta/queue/clean.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/queue.h"
#include "tests/support/unit.h"

enum { DAY = 86400 };

static const struct queue_layout flat = {.split = 23};
static const char old[] = "pid/1.2.3";

static int
enter_queue(void)
{
	int dir = open_tmp_dir();

	queue_make(dir, &flat);
	ck_assert_int_eq(fchdir(dir), 0);
	return dir;
}

/* The time at which a file made now is garbage, to the second. */
static int64_t
garbage_time(int dir, const char *name)
{
	struct stat st;

	ck_assert_int_eq(fstatat(dir, name, &st, 0), 0);
	return st.st_ctime + CLEAN_GARBAGE_S;
}

static void
feed(struct clean *c, struct span requests, int64_t now, struct span answers)
{
	clean_feed(c, requests, now);
	ck_span(str_span(&c->answers), answers, "answers");
	str_reset(&c->answers);
}

START_TEST(requests_may_be_cut_anywhere)
{
	static const struct span requests =
	    SPAN_INIT("todo/457\0foop/458\0todo/12x\0foop/3");
	struct clean c = {.layout = flat};

	close(enter_queue());
	for (size_t i = 0; i <= requests.n; i++) {
		clean_feed(&c, span_first(requests, i), 0);
		clean_feed(&c, span_from(requests, i), 0);
		clean_feed(&c, SPAN("\0"), 0);
		ck_span(str_span(&c.answers), SPAN("++x+"), "answers");
		str_reset(&c.answers);
	}
	clean_free(&c);
}
END_TEST

START_TEST(an_endless_request_takes_no_memory)
{
	char zeros[4096];
	struct clean c = {.layout = flat};

	close(enter_queue());
	memset(zeros, '0', sizeof(zeros));
	for (int i = 0; i < 100; i++)
		feed(&c, (struct span){zeros, sizeof(zeros)}, 0, SPAN(""));
	ck_assert_uint_lt(c.request.cap, 1000);
	feed(&c, SPAN("\0todo/1\0"), 0, SPAN("x+"));
	clean_free(&c);
}
END_TEST

START_TEST(pid_is_swept_before_every_31st_request)
{
	struct clean c = {.layout = flat};
	int dir = enter_queue();
	int64_t late;

	queue_put(dir, old, SPAN(""));
	late = garbage_time(dir, old);
	clean_sweep_if_due(&c, late - 1);
	ck_assert_int_eq(faccessat(dir, old, F_OK, 0), 0);
	for (int i = 0; i < CLEAN_PID_EVERY; i++)
		feed(&c, SPAN("todo/457\0"), late + DAY, SPAN("+"));
	ck_assert_int_eq(faccessat(dir, old, F_OK, 0), 0);
	feed(&c, SPAN("todo/457\0"), late, SPAN("+"));
	ck_assert_int_eq(faccessat(dir, old, F_OK, 0), -1);
	clean_free(&c);
	close(dir);
}
END_TEST

START_TEST(the_newest_of_the_three_times_counts)
{
	static const struct timespec times[][2] = {
	    {{.tv_sec = 4102444800}, {.tv_sec = 0}}, /* read later */
	    {{.tv_sec = 0}, {.tv_sec = 4102444800}}, /* written later */
	};
	struct clean c = {.layout = flat};
	int dir = enter_queue();

	queue_put(dir, old, SPAN(""));
	ck_assert_int_eq(utimensat(dir, old, times[_i], 0), 0);
	clean_sweep_if_due(&c, 4102444800 + CLEAN_GARBAGE_S - 1);
	ck_assert_int_eq(faccessat(dir, old, F_OK, 0), 0);
	c.until_sweep = 0;
	clean_sweep_if_due(&c, 4102444800 + CLEAN_GARBAGE_S);
	ck_assert_int_eq(faccessat(dir, old, F_OK, 0), -1);
	clean_free(&c);
	close(dir);
}
END_TEST

START_TEST(without_memory_a_request_is_refused_not_misread)
{
	struct clean c = {.layout = flat};
	int dir = enter_queue();

	queue_put(dir, "todo/457", SPAN(""));
	fault_at(FAULT_REALLOC, 1, 0);
	clean_feed(&c, SPAN("todo/457\0"), 0);
	ck_span(str_span(&c.answers), SPAN("!"), "answers");
	ck_assert_int_eq(faccessat(dir, "todo/457", F_OK, 0), 0);
	clean_free(&c);
	close(dir);
}
END_TEST

int
main(void)
{
	TCase *t = unit_begin("queue/clean");

	tcase_add_test(t, requests_may_be_cut_anywhere);
	tcase_add_test(t, an_endless_request_takes_no_memory);
	tcase_add_test(t, pid_is_swept_before_every_31st_request);
	tcase_add_loop_test(t, the_newest_of_the_three_times_counts, 0, 2);
	tcase_add_test(t, without_memory_a_request_is_refused_not_misread);
	return unit_end();
}
