/* SPDX-License-Identifier: ISC */
#include "qmail/queue_survey.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/queue.h"
#include "tests/support/unit.h"

/* A change to a sound queue of split 3: mkdir "+x", rmdir "-x". */
static const struct {
	const char *label;
	bool split_todo;
	const char *change[3];
	bool sound;
	uint64_t split;
	const char *evidence; /* a line of it */
} cases[] = {
    {"flat", false, {0}, true, 3, "mess: 3 subdirectories, the last is 2\n"},
    {"big todo", true, {0}, true, 3, "todo: 3 subdirectories, the last is 2\n"},
    {"flat todo", false, {0}, true, 3, "todo: flat\n"},
    {"hole", false, {"-info/1"}, false, 3,
        "info: 2 subdirectories, the last is 2, some are missing\n"},
    {"last one missing", false, {"-local/2"}, false, 3,
        "local: 2 subdirectories, the last is 1, other trees have another "
        "number\n"},
    {"mess has more", false, {"+mess/3"}, false, 3,
        "mess: 4 subdirectories, the last is 3, other trees have another "
        "number\n"},
    {"hole in mess", false, {"-mess/0"}, false, 3,
        "mess: 2 subdirectories, the last is 2, some are missing\n"},
    {"no bounce", false, {"-bounce"}, false, 3, "bounce: missing\n"},
    {"todo and intd disagree", false, {"+todo/0", "+todo/1", "+todo/2"}, false,
        3, "intd: flat\n"},
    {"other names do not count", false, {"+mess/03", "+mess/x", "+info/-1"},
        true, 3, "mess: 3 subdirectories, the last is 2\n"},
    {"supplementary channels", false, {"+suppl0", "+suppl2"}, true, 3,
        "suppl2: supplementary channel\n"},
};

START_TEST(survey)
{
	struct queue_layout layout = {.split = 3,
	    .split_todo = cases[_i].split_todo};
	int dir = open_tmp_dir();
	struct str evidence = {0};
	struct queue_survey s;

	queue_make(dir, &layout);
	for (int i = 0; i < 3 && cases[_i].change[i] != NULL; i++) {
		const char *change = cases[_i].change[i];

		ck_assert_int_eq(change[0] == '+'
		                     ? mkdirat(dir, change + 1, 0700)
		                     : unlinkat(dir, change + 1, AT_REMOVEDIR),
		    0);
	}
	ck_assert_int_eq(queue_survey_load(&s, dir, NULL), 0);
	ck_assert_msg(s.sound == cases[_i].sound, "%s", cases[_i].label);
	ck_assert_uint_eq(s.layout.split, cases[_i].split);
	queue_survey_put(&s, &evidence);
	ck_assert_msg(strstr(str_cstr(&evidence), cases[_i].evidence) != NULL,
	    "%s: %s", cases[_i].label, str_cstr(&evidence));
	str_free(&evidence);
}
END_TEST

START_TEST(a_message_named_0_does_not_make_todo_split)
{
	struct queue_layout layout = {.split = 3};
	int dir = open_tmp_dir();
	struct queue_survey s;

	queue_make(dir, &layout);
	queue_put(dir, "todo/0", SPAN(""));
	ck_assert_int_eq(queue_survey_load(&s, dir, NULL), 0);
	ck_assert(!s.layout.split_todo && s.sound);
}
END_TEST

START_TEST(what_is_no_queue_is_refused)
{
	int dir = open_tmp_dir();
	struct queue_survey s;
	struct err e;

	ck_assert_int_eq(queue_survey_load(&s, dir, &e), -1);
	ck_assert_str_eq(e.text,
	    "cannot open directory mess: No such file or directory");
	ck_assert_int_eq(mkdirat(dir, "mess", 0700), 0);
	ck_assert_int_eq(queue_survey_load(&s, dir, &e), -1);
	ck_assert_str_eq(e.text,
	    "cannot open directory mess/0: No such file or directory");
}
END_TEST

START_TEST(members_of_a_base_of_several_queues)
{
	static const char *const dirs[] = {"queue1", "queue1/mess", "queue12",
	    "queue12/mess", "slowq", "slowq/mess", "queue2", "queuex",
	    "queuex/mess", "other", "other/mess"};
	int base = open_tmp_dir();
	struct str names = {0};
	struct span rest, name;
	unsigned found = 0;

	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++)
		ck_assert_int_eq(mkdirat(base, dirs[i], 0700), 0);
	ck_assert_int_eq(queue_survey_members(base, &names, NULL), 0);
	rest = str_span(&names);
	while (span_take_nul(&rest, &name)) {
		found++;
		ck_assert(span_eq(name, SPAN("queue1")) ||
		          span_eq(name, SPAN("queue12")) ||
		          span_eq(name, SPAN("slowq")));
	}
	ck_assert_uint_eq(found, 3);
	str_free(&names);
}
END_TEST

int
main(void)
{
	TCase *t = unit_begin("qmail/queue_survey");

	tcase_add_loop_test(t, survey, 0, ROWS(cases));
	tcase_add_test(t, a_message_named_0_does_not_make_todo_split);
	tcase_add_test(t, what_is_no_queue_is_refused);
	tcase_add_test(t, members_of_a_base_of_several_queues);
	return unit_end();
}
