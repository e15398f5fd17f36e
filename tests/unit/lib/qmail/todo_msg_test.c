/* SPDX-License-Identifier: ISC */
#include "qmail/todo_msg.h"

#include "tests/support/unit.h"

START_TEST(what_is_written_can_be_read)
{
	struct todo_msg m = {.kind = TODO_MSG_MESSAGE,
	    .id = 457,
	    .remote = true};
	struct str out = {0};

	todo_msg_put(&out, &m);
	ck_span(str_span(&out), SPAN("D01457\0"), "record");
	todo_msg_parse(span_first(str_span(&out), out.n - 1), &m);
	ck_assert_int_eq(m.kind, TODO_MSG_MESSAGE);
	ck_assert_uint_eq(m.id, 457);
	ck_assert(!m.local && m.remote);
	str_free(&out);
}
END_TEST

static const struct {
	const char *label;
	struct span record;
	enum todo_msg_kind want;
} cases[] = {
    {"log", SPAN_INIT("Lnew msg 457\n"), TODO_MSG_LOG},
    {"stopped", SPAN_INIT("X"), TODO_MSG_STOPPED},
    {"empty", SPAN_INIT(""), TODO_MSG_BAD},
    {"stopped with tail", SPAN_INIT("Xx"), TODO_MSG_BAD},
    {"no flags", SPAN_INIT("D457"), TODO_MSG_BAD},
    {"one flag", SPAN_INIT("D0"), TODO_MSG_BAD},
    {"no id", SPAN_INIT("D01"), TODO_MSG_BAD},
    {"leading zero", SPAN_INIT("D010457"), TODO_MSG_BAD},
    {"overflow", SPAN_INIT("D0199999999999999999999"), TODO_MSG_BAD},
    {"unknown letter", SPAN_INIT("Q"), TODO_MSG_BAD},
};

START_TEST(parse)
{
	struct todo_msg m;

	todo_msg_parse(cases[_i].record, &m);
	ck_assert_msg(m.kind == cases[_i].want, "%s: got %d", cases[_i].label,
	    (int)m.kind);
}
END_TEST

int
main(void)
{
	TCase *t = unit_begin("qmail/todo_msg");

	tcase_add_test(t, what_is_written_can_be_read);
	tcase_add_loop_test(t, parse, 0, ROWS(cases));
	return unit_end();
}
