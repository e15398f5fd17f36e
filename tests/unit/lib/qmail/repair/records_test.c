/* SPDX-License-Identifier: ISC */
#include "qmail/repair/records.h"

#include "tests/support/unit.h"

static const struct {
	const char *label;
	enum queue_kind kind;
	struct span bytes;
	unsigned bad;
	uint64_t bad_at, waiting, done;
} cases[] = {
    {"list", QUEUE_LOCAL, SPAN_INIT("Ta@b\0Dc@d\0"), 0, 10, 1, 1},
    {"empty list", QUEUE_LOCAL, SPAN_INIT(""), RECORDS_EMPTY, 0, 0, 0},
    {"cut list", QUEUE_REMOTE, SPAN_INIT("Ta@b\0Tc@"), RECORDS_CUT, 5, 1, 0},
    {"letter", QUEUE_LOCAL, SPAN_INIT("Ta@b\0Xc@d\0Te@f\0"), RECORDS_LETTER, 5,
        1, 0},
    {"zero tail", QUEUE_LOCAL, SPAN_INIT("Ta@b\0\0\0"),
        RECORDS_NULS | RECORDS_NUL_TAIL, 5, 1, 0},
    {"zeros inside", QUEUE_LOCAL, SPAN_INIT("Ta@b\0\0Tc@d\0"), RECORDS_NULS, 5,
        1, 0},
    {"no @", QUEUE_LOCAL, SPAN_INIT("Ta\0"), RECORDS_ODD_ADDRESS, 3, 1, 0},
    {"twice", QUEUE_LOCAL, SPAN_INIT("Ta@b\0Da@b\0"), RECORDS_TWICE, 10, 1, 1},
    {"info", QUEUE_INFO, SPAN_INIT("Fs@s\0"), 0, 5, 0, 0},
    {"bounce sender", QUEUE_INFO, SPAN_INIT("F\0"), 0, 2, 0, 0},
    {"info without NUL", QUEUE_INFO, SPAN_INIT("Fs@s"),
        RECORDS_CUT | RECORDS_NO_SENDER, 0, 0, 0},
    {"info of another kind", QUEUE_INFO, SPAN_INIT("Ts@s\0"),
        RECORDS_LETTER | RECORDS_NO_SENDER, 0, 0, 0},
    {"info with more", QUEUE_INFO, SPAN_INIT("Fs@s\0Tx@x\0"), RECORDS_EXTRA, 10,
        0, 0},
    {"empty info", QUEUE_INFO, SPAN_INIT(""), RECORDS_EMPTY | RECORDS_NO_SENDER,
        0, 0, 0},
    {"todo", QUEUE_TODO, SPAN_INIT("u1\0p2\0Fs@s\0Ta@b\0"), 0, 16, 1, 0},
    {"todo without recipients", QUEUE_TODO, SPAN_INIT("u1\0p2\0Fs@s\0"), 0, 11,
        0, 0},
    {"todo without ids", QUEUE_TODO, SPAN_INIT("Fs@s\0Ta@b\0"), RECORDS_IDS, 10,
        1, 0},
    {"todo with bad ids", QUEUE_TODO, SPAN_INIT("ux\0p2\0Fs@s\0"), RECORDS_IDS,
        11, 0, 0},
    {"todo without sender", QUEUE_TODO, SPAN_INIT("u1\0p2\0Ta@b\0"),
        RECORDS_NO_SENDER, 11, 1, 0},
    {"todo with a strange record", QUEUE_TODO,
        SPAN_INIT("u1\0p2\0Fs@s\0Zx\0Ta@b\0"), RECORDS_LETTER, 11, 0, 0},
    {"bounce", QUEUE_BOUNCE, SPAN_INIT("<a@b>:\nno\n\n"), 0, 11, 0, 0},
    {"bounce cut", QUEUE_BOUNCE, SPAN_INIT("<a@b>:\nn"), RECORDS_ENDS_BADLY, 8,
        0, 0},
    {"bounce with NUL", QUEUE_BOUNCE, SPAN_INIT("a\0\n\n"), RECORDS_CONTROL, 4,
        0, 0},
};

START_TEST(damage_is_classified)
{
	struct records r = {0};

	str_put(&r.bytes, cases[_i].bytes);
	records_judge(&r, cases[_i].kind);
	ck_assert_msg(r.bad == cases[_i].bad, "%s: %x", cases[_i].label, r.bad);
	ck_assert_msg(r.bad_at == cases[_i].bad_at, "%s", cases[_i].label);
	ck_assert_msg(r.waiting == cases[_i].waiting, "%s", cases[_i].label);
	ck_assert_msg(r.done == cases[_i].done, "%s", cases[_i].label);
	records_free(&r);
}
END_TEST

static const struct {
	const char *label;
	struct span list, todo;
	bool foreign;
} families[] = {
    {"same", SPAN_INIT("Ta@b\0Dc@d\0"), SPAN_INIT("Fs\0Tc@d\0Ta@b\0"), false},
    {"other", SPAN_INIT("Tx@y\0"), SPAN_INIT("Fs\0Ta@b\0"), true},
    {"one other", SPAN_INIT("Ta@b\0Tx@y\0"), SPAN_INIT("Fs\0Ta@b\0"), true},
    {"virtual domain", SPAN_INIT("Tjoe-a@b\0"), SPAN_INIT("Fs\0Ta@b\0"), false},
    {"two prefixes", SPAN_INIT("Tjoe-x-a@b\0"), SPAN_INIT("Fs\0Ta@b\0"), false},
    {"host appended", SPAN_INIT("Ta@me\0"), SPAN_INIT("Fs\0Ta\0"), false},
    {"empty list", SPAN_INIT(""), SPAN_INIT("Fs\0Ta@b\0"), false},
    {"empty todo", SPAN_INIT("Ta@b\0"), SPAN_INIT(""), true},
};

START_TEST(lists_are_told_from_those_of_other_messages)
{
	struct records list = {0}, todo = {0};

	str_put(&list.bytes, families[_i].list);
	str_put(&todo.bytes, families[_i].todo);
	records_judge(&list, QUEUE_LOCAL);
	records_judge(&todo, QUEUE_TODO);
	ck_assert_msg(records_list_is_foreign(&list, &todo) ==
	                  families[_i].foreign,
	    "%s", families[_i].label);
	records_free(&list);
	records_free(&todo);
}
END_TEST

int
main(void)
{
	TCase *t = unit_begin("qmail/repair/records");

	tcase_add_loop_test(t, damage_is_classified, 0, ROWS(cases));
	tcase_add_loop_test(t, lists_are_told_from_those_of_other_messages, 0,
	    ROWS(families));
	return unit_end();
}
